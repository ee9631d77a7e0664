import { useStore } from 'zustand'
import type { Model } from '../../../../../contract/models'
import type { ComparedPicture } from '../../../../../contract/precision'
import { showToast } from '../../../../ui/toaster'
import { usePrecision } from '../../context'
import type { PrecisionFeature } from '../../feature'
import { uploadedPicture } from '../pictures/chosen-pictures'

/** What a question is about: the bundled example, a picture of one's own, or none. */
export type AskedPicture =
  { readonly kind: 'sample' } | { readonly kind: 'own'; readonly picture: ComparedPicture } | { readonly kind: 'none' }

/** The bundled example's question. */
export const exampleQuestion = 'What do you see?'

/** Whether a model can be asked about a picture. */
export function seesPictures(model: Model | null | undefined): boolean {
  return model?.family === 'bagel' && model.chat?.seesPictures === true
}

/** The form's model; null where there is none, or it cannot be used. */
export function useFormModel(): Model | null {
  const { studio, form } = usePrecision()
  const modelId = useStore(form, (state) => state.modelId)
  return useStore(studio.models, ({ models }) => models.find(({ id }) => id === modelId) ?? null)
}

export function askedWords(asked: AskedPicture): string {
  if (asked.kind === 'own') return asked.picture.name
  return asked.kind === 'sample' ? 'Example picture' : 'No picture'
}

/** Asks about the first picture among files that were chosen or dropped. */
export async function takeAsked(feature: PrecisionFeature, files: readonly File[]): Promise<void> {
  const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0]
  if (file === undefined) return
  const picture = await uploadedPicture(feature, file)
  if (picture === null) return
  feature.form.setState({ asked: { kind: 'own', picture } })
  if (files.length > 1) showToast({ text: `${picture.name} is asked about`, detail: 'One picture is.' })
}
