import * as z from 'zod'
import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'
import { filterSchema, type DetectionFilter } from '../../../contract/detection'
import { modelIdSchema, type ModelId } from '../../../contract/ids'
import { restingStorage } from './resting-storage'

/** How much is written on a box. */
export type LabelDensity = 'none' | 'class' | 'score'

export interface FormState {
  readonly modelId: ModelId | null
  /** Null takes the model's own. */
  readonly precision: string | null
  readonly filter: DetectionFilter
  readonly labels: LabelDensity
  /** Every so manieth frame of a video that plays is looked at. */
  readonly everyNth: number
}

const startFilter: DetectionFilter = filterSchema.parse({ score: 0.5, overlap: 0.5 })

const savedSchema = z.object({
  modelId: modelIdSchema.nullable().catch(null),
  precision: z.string().nullable().catch(null),
  filter: filterSchema.catch(startFilter),
  labels: z.enum(['none', 'class', 'score']).catch('score'),
  everyNth: z.number().int().min(1).max(60).catch(1),
})

/** What is looked for and how it is shown; it outlives the page. */
export function createFormStore() {
  return createStore<FormState>()(
    persist((): FormState => ({ modelId: null, precision: null, filter: startFilter, labels: 'score', everyNth: 1 }), {
      name: 'atelier.detect.form',
      storage: restingStorage(),
      version: 1,
      merge: (saved, current) => ({ ...current, ...savedSchema.safeParse(saved ?? {}).data }),
    }),
  )
}

export type FormStore = ReturnType<typeof createFormStore>

export function changeFilter(form: FormStore, patch: Partial<DetectionFilter>): void {
  form.setState(({ filter }) => ({ filter: { ...filter, ...patch } }))
}

/** Moves the threshold by keys, in steps that stay on round numbers. */
export function stepScore(form: FormStore, direction: 1 | -1): void {
  const { score } = form.getState().filter
  const step = 0.05
  const next = direction === 1 ? Math.floor(score / step + 1.001) * step : Math.ceil(score / step - 1.001) * step
  changeFilter(form, { score: Math.min(1, Math.max(0, Number(next.toFixed(2)))) })
}
