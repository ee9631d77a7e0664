import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'
import type { Model } from '../../../../contract/models'
import {
  recipeSchema,
  type ColumnName,
  type ComparedPicture,
  type DetectionSample,
  type PrecisionOptions,
  type PrecisionRequest,
  type QuestionSample,
  type Recipe,
  type SubjectKind,
  type SubjectRequest,
} from '../../../../contract/precision'
import { seesPictures, type AskedPicture } from './asked/asked-picture'
import type { ChosenPictures } from './pictures/chosen-pictures'

/** What the next comparison is asked for. */
export interface FormState {
  readonly modelId: string | null
  readonly kind: SubjectKind
  readonly prompt: string
  readonly seed: number
  /** Of a picture; null takes the model's own. */
  readonly steps: number | null
  readonly maxTokens: number
  /** What a question is about, of a model that sees pictures. */
  readonly asked: AskedPicture
  /** What a detector looks at. */
  readonly pictures: ChosenPictures
  /** Pictures on which static int8 finds the ranges of a detector's activations; bundled ones where there are none. */
  readonly calibration: readonly ComparedPicture[]
  /** The graph that is run on made-up inputs; null takes the main one. */
  readonly role: string | null
  readonly dimensions: Readonly<Record<string, number>>
  /** Beside fp32, which is always there. */
  readonly columns: readonly Recipe[]
  /** Whether errors layer by layer are measured too. */
  readonly layers: boolean
  /** Whether a mix of precisions is searched for that reaches this error, in dB; null where not. */
  readonly searchDecibels: number | null
}

const chosenAnew: ReadonlySet<string> = new Set(['pictures', 'calibration', 'asked'] satisfies (keyof FormState)[])

export function createFormStore() {
  return createStore<FormState>()(
    persist(
      (): FormState => ({
        modelId: null,
        kind: 'picture',
        prompt: '',
        seed: 0,
        steps: null,
        maxTokens: 48,
        asked: { kind: 'sample' },
        pictures: { kind: 'sample' },
        calibration: [],
        role: null,
        dimensions: {},
        columns: [newRecipe('fp16'), newRecipe('int8-dynamic')],
        layers: true,
        searchDecibels: null,
      }),
      {
        name: 'atelier.precision.form',
        version: 1,
        // Labels may be large, and pictures that nobody compared are tidied away: both are chosen anew.
        partialize: (state) => Object.fromEntries(Object.entries(state).filter(([key]) => !chosenAnew.has(key))),
      },
    ),
  )
}
export type FormStore = ReturnType<typeof createFormStore>

export function newRecipe(column: ColumnName): Recipe {
  return recipeSchema.parse({ column })
}

/** Adds a precision to the comparison, or takes it out. */
export function toggleColumn(form: FormStore, column: ColumnName): void {
  form.setState(({ columns }) => ({
    columns: columns.some((recipe) => recipe.column === column)
      ? columns.filter((recipe) => recipe.column !== column)
      : [...columns, newRecipe(column)],
  }))
}

export function changeColumn(form: FormStore, column: ColumnName, patch: Partial<Recipe>): void {
  form.setState(({ columns }) => ({
    columns: columns.map((recipe) => (recipe.column === column ? { ...recipe, ...patch } : recipe)),
  }))
}

/** Takes a model; what it cannot be asked for is put away once its options are known. */
export function chooseModel(form: FormStore, model: Model): void {
  form.setState({ modelId: model.id, role: null, dimensions: {}, kind: kindOf(model) })
}

function kindOf({ family }: Model): SubjectKind {
  if (family === 'sd3' || family === 'bagel') return 'picture'
  if (family === 'causal-lm') return 'text'
  return family === 'detector' ? 'detection' : 'graph'
}

/** Fits the form to what the model can do: the first kind that it has, and columns that can be made. */
export function fitForm(form: FormStore, options: PrecisionOptions): void {
  form.setState(({ kind, columns }) => {
    const able = options.subjects.filter(({ reason }) => reason === null)
    const made = new Set(options.columns.flatMap(({ column, reason }) => (reason === null ? [column] : [])))
    const kept = columns.filter(({ column }) => made.has(column) && column !== 'fp32')
    const first = (['fp16', 'int8-dynamic', 'int4'] as const).filter((column) => made.has(column)).slice(0, 2)
    return {
      kind: able.some((subject) => subject.kind === kind) ? kind : (able[0]?.kind ?? kind),
      columns: kept.length > 0 ? kept : first.map(newRecipe),
    }
  })
}

/** Bundled input for what nobody chose otherwise; null where it is not needed. */
export interface Samples {
  readonly detection: DetectionSample | null
  readonly question: QuestionSample | null
}

/** What bundled input a form needs: pictures for a detector, a picture to ask about. */
export function neededSamples({ kind, pictures, asked }: FormState, model: Model): Record<keyof Samples, boolean> {
  return {
    detection: kind === 'detection' && pictures.kind === 'sample',
    question: kind === 'text' && seesPictures(model) && asked.kind === 'sample',
  }
}

/** What the core is asked; null where what it needs is missing. */
export function requestOf(form: FormState, model: Model, mainRole: string, samples: Samples): PrecisionRequest | null {
  const subject = subjectOf(form, model, mainRole, samples)
  if (form.modelId === null || subject === null) return null
  const [low] = form.columns.filter(({ column }) => column.startsWith('int'))
  return {
    modelId: form.modelId,
    subject,
    columns: [...form.columns],
    layers: form.layers,
    ...(form.searchDecibels === null || low === undefined
      ? {}
      : { search: { low, targetDecibels: form.searchDecibels, cost: 'milliseconds' as const } }),
  }
}

function subjectOf(form: FormState, model: Model, mainRole: string, samples: Samples): SubjectRequest | null {
  switch (form.kind) {
    case 'picture':
      return {
        kind: 'picture',
        prompt: form.prompt,
        seed: form.seed,
        ...(form.steps === null ? {} : { steps: form.steps }),
      }
    case 'text':
      return questionOf(form, model, samples.question)
    case 'detection':
      return detectionOf(form, samples.detection)
    case 'graph':
      return { kind: 'graph', role: form.role ?? mainRole, seed: form.seed, dimensions: { ...form.dimensions } }
  }
}

function questionOf(
  { prompt, maxTokens, asked }: FormState,
  model: Model,
  sample: QuestionSample | null,
): SubjectRequest | null {
  const text = { kind: 'text', prompt, maxTokens } as const
  if (!seesPictures(model) || asked.kind === 'none') return text
  if (asked.kind === 'own') return { ...text, picture: asked.picture }
  return sample === null ? null : { ...text, picture: sample.picture }
}

function detectionOf(
  { pictures: chosen, calibration }: FormState,
  sample: DetectionSample | null,
): SubjectRequest | null {
  if (chosen.kind === 'sample') {
    return sample === null ? null : { kind: 'detection', ...sample, calibration: [...calibration] }
  }
  const truth = chosen.labels?.truth ?? null
  return { kind: 'detection', pictures: [...chosen.pictures], truth, calibration: [...calibration] }
}
