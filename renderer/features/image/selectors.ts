import { useStore } from 'zustand'
import type { ImageRecord } from '../../../contract/images'
import { isJobOf, type JobOf } from '../../../contract/jobs'
import type { Model } from '../../../contract/models'
import { useStudio } from '../../studio/context'
import { useImageFeature, type ImageFeature } from './feature'
import { differences, type FieldKey } from './fields'
import { problemOf, validate, type Problems } from './validate'

export function currentModel({ studio, form }: ImageFeature): Model | null {
  const { modelId } = form.getState().draft
  return studio.models.getState().models.find(({ id }) => id === modelId) ?? null
}

export function useCurrentModel(): Model | null {
  const studio = useStudio()
  const { form } = useImageFeature()
  const modelId = useStore(form, (state) => state.draft.modelId)
  return useStore(studio.models, (state) => state.models.find(({ id }) => id === modelId) ?? null)
}

export function useDraft<Value>(read: (draft: ReturnType<ImageFeature['form']['getState']>['draft']) => Value): Value {
  const { form } = useImageFeature()
  return useStore(form, (state) => read(state.draft))
}

/** What a field was for the last picture, in words; null where it has not changed since. */
export function useWas(key: FieldKey): string | null {
  const { form } = useImageFeature()
  return useStore(form, ({ draft, last }) => (last === null ? null : (differences(last, draft)[key] ?? null)))
}

/** The picture on the stage. */
export function useSelectedImage(): ImageRecord | null {
  const { view, gallery } = useImageFeature()
  const id = useStore(view, ({ selection }) => (selection?.kind === 'image' ? selection.imageId : null))
  return useStore(gallery.store, (state) => (id === null ? null : (state.records[id] ?? null)))
}

/** The job on the stage. */
export function useSelectedJob(): JobOf<'image'> | null {
  const studio = useStudio()
  const { view } = useImageFeature()
  const id = useStore(view, ({ selection }) => (selection?.kind === 'job' ? selection.jobId : null))
  return useStore(studio.jobs, (state) => {
    const job = id === null ? null : (state.jobs[id] ?? null)
    return isJobOf('image', job) ? job : null
  })
}

export function selectedImage({ view, gallery }: ImageFeature): ImageRecord | null {
  const { selection } = view.getState()
  return selection?.kind === 'image' ? (gallery.store.getState().records[selection.imageId] ?? null) : null
}

/** What is wrong with a field, in words. An empty prompt is no fault until it was sent off. */
export function useProblem(...names: readonly string[]): string | null {
  const { form, view } = useImageFeature()
  const model = useCurrentModel()
  const draft = useStore(form, (state) => state.draft)
  const isAttempted = useStore(view, (state) => state.isAttempted)
  const refused = useStore(view, (state) => state.refused)
  const all: Problems = { ...(refused?.draft === draft ? refused.problems : {}), ...validate(draft, model) }
  const problem = problemOf(all, ...names)
  return names.includes('prompt') && draft.prompt.trim() === '' && !isAttempted ? null : problem
}
