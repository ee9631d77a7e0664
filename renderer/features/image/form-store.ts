import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'
import { generateRequestSchema, type GenerateSettings } from '../../../contract/images'
import type { Model } from '../../../contract/models'
import { pickField, type FieldKey, type Readable } from './fields'

export interface FormState {
  /** What the next picture will be asked with. The prompt may still be empty here. */
  readonly draft: GenerateSettings
  readonly seedMode: 'random' | 'locked'
  /** The settings of the last picture that was asked for. */
  readonly last: GenerateSettings | null
  readonly isMoreOpen: boolean
  readonly isNegativeOpen: boolean
}

export interface FormSnapshot {
  readonly draft: GenerateSettings
  readonly seedMode: FormState['seedMode']
}

/** The form before any model or person has filled it in. */
export const initialDraft: GenerateSettings = {
  modelId: '' as GenerateSettings['modelId'],
  prompt: '',
  negativePrompt: '',
  width: 1024,
  height: 1024,
  steps: 28,
  guidanceScale: 4.5,
  guidanceEnd: 1,
  guidanceBatched: true,
  shift: 3,
  sampler: 'euler',
  sigmaConversion: 'none',
  seed: 0,
  count: 1,
  clipSkip: 0,
  withoutEncoders: [],
  previewEvery: 1,
}

export function createFormStore() {
  return createStore<FormState>()(
    persist(
      (): FormState => ({
        draft: { ...initialDraft, seed: randomSeed() },
        seedMode: 'random',
        last: null,
        isMoreOpen: false,
        isNegativeOpen: false,
      }),
      {
        name: 'atelier.image.form',
        version: 1,
        merge: (saved, current) => mergeSaved(saved, current),
      },
    ),
  )
}

export type FormStore = ReturnType<typeof createFormStore>

/** Takes from what was saved only the fields that are still valid: an older page may have written them. */
function mergeSaved(saved: unknown, current: FormState): FormState {
  if (typeof saved !== 'object' || saved === null) return current
  const state = saved as Partial<FormState>
  return {
    draft: overlay(current.draft, validFields(state.draft)),
    seedMode: state.seedMode === 'locked' ? 'locked' : 'random',
    last: generateRequestSchema.safeParse(state.last).data ?? null,
    isMoreOpen: state.isMoreOpen === true,
    isNegativeOpen: state.isNegativeOpen === true,
  }
}

function validFields(draft: unknown): Readable {
  if (typeof draft !== 'object' || draft === null) return {}
  const entries = Object.entries(draft).filter(([key, value]) => {
    if (key === 'prompt') return typeof value === 'string'
    const schema = generateRequestSchema.shape[key as keyof typeof generateRequestSchema.shape]
    return schema !== undefined && schema.safeParse(value).success
  })
  return Object.fromEntries(entries)
}

/** Nine digits: enough to tell pictures apart, few enough to read out. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 1e9)
}

export function changeDraft(form: FormStore, patch: Readable): void {
  form.setState((state) => ({ draft: overlay(state.draft, patch) }))
}

/** Lays a patch over settings. An optional field that the patch names as undefined is taken away. */
export function overlay(settings: GenerateSettings, patch: Readable): GenerateSettings {
  return { ...settings, ...patch } as GenerateSettings
}

/** Takes one field back to what it was for the last picture. */
export function revertField(form: FormStore, key: FieldKey): void {
  const { last } = form.getState()
  if (last !== null) changeDraft(form, pickField(last, key))
}

export function takeSnapshot(form: FormStore): FormSnapshot {
  const { draft, seedMode } = form.getState()
  return { draft, seedMode }
}

/** What a model is at its best with, as it says itself. */
export function modelDefaults(model: Model): Readable {
  if (model.image === undefined) return { modelId: model.id }
  return { modelId: model.id, ...model.image.defaults, withoutEncoders: [], skipLayers: undefined }
}

/** How many settings under "More" differ from what a model starts with. */
export function moreCount(draft: GenerateSettings): number {
  return [
    draft.prompt2 !== undefined,
    draft.prompt3 !== undefined,
    draft.sampler !== initialDraft.sampler,
    draft.sigmaConversion !== initialDraft.sigmaConversion,
    draft.guidanceEnd !== initialDraft.guidanceEnd,
    draft.guidanceBatched !== initialDraft.guidanceBatched,
    draft.clipSkip !== initialDraft.clipSkip,
    draft.withoutEncoders.length > 0,
    draft.skipLayers !== undefined,
    draft.previewEvery !== initialDraft.previewEvery,
  ].filter(Boolean).length
}
