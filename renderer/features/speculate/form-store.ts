import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'
import type { ModelId } from '../../../contract/ids'
import type { Model } from '../../../contract/models'
import type { RaceRequest, Sampling, Strategy, StrategyName } from '../../../contract/speculation'
import { samplingSchema } from '../../../contract/speculation'
import { mostStrategies, newStrategy } from './model/strategies'

export interface FormState {
  readonly modelId: string | null
  /** Null takes the model's own. */
  readonly precision: string | null
  readonly prompt: string
  readonly isRaw: boolean
  readonly strategies: readonly Strategy[]
  readonly sampling: Sampling
  readonly maxTokens: number
  /** Prompts that were raced, the newest first. */
  readonly recent: readonly string[]
}

const mostRecent = 50
const firstChoices: readonly StrategyName[] = ['lookup-mtp', 'lookup', 'mtp', 'medusa', 'draft', 'eagle', 'early-exit']

export function createFormStore() {
  return createStore<FormState>()(
    persist(
      (): FormState => ({
        modelId: null,
        precision: null,
        prompt: '',
        isRaw: false,
        strategies: [],
        sampling: samplingSchema.parse({}),
        maxTokens: 160,
        recent: [],
      }),
      { name: 'atelier.speculate.form', version: 1 },
    ),
  )
}

export type FormStore = ReturnType<typeof createFormStore>

export function changeStrategy(form: FormStore, index: number, patch: Partial<Strategy>): void {
  form.setState(({ strategies }) => ({
    strategies: strategies.map((one, at) => (at === index ? { ...one, ...patch } : one)),
  }))
}

export function removeStrategy(form: FormStore, index: number): void {
  form.setState(({ strategies }) => ({ strategies: strategies.filter((_, at) => at !== index) }))
}

/** @param draftModel another model that drafts, where the target has none of its own */
export function addStrategy(form: FormStore, name: StrategyName, draftModel?: ModelId): void {
  form.setState(({ strategies }) =>
    strategies.length >= mostStrategies ? {} : { strategies: [...strategies, { ...newStrategy(name), draftModel }] },
  )
}

/** Takes a model, with the precision it is made for; strategies that it cannot run are put away. */
export function chooseModel(form: FormStore, model: Model): void {
  const able = model.language?.strategies ?? []
  form.setState(({ strategies }) => {
    // Another drafter was chosen for another target's tokens.
    const kept = strategies
      .filter(({ name }) => able.includes(name))
      .map((strategy) => ({ ...strategy, draftModel: undefined }))
    const proposed = firstChoices.filter((name) => able.includes(name)).slice(0, 3)
    return {
      modelId: model.id,
      precision: model.language?.defaultPrecision ?? null,
      strategies: kept.length > 0 ? kept : proposed.map(newStrategy),
    }
  })
}

export function rememberPrompt(form: FormStore, prompt: string): void {
  const text = prompt.trim()
  form.setState(({ recent }) => ({ recent: [text, ...recent.filter((old) => old !== text)].slice(0, mostRecent) }))
}

export function requestOf(form: FormState, model: Model): RaceRequest {
  return {
    modelId: model.id,
    ...(form.precision === null ? {} : { precision: form.precision }),
    prompt: form.prompt,
    raw: form.isRaw,
    strategies: [...form.strategies],
    sampling: form.sampling,
    maxTokens: form.maxTokens,
  }
}
