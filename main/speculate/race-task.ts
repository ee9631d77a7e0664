import type { Provider } from '../../contract/devices'
import { StudioError } from '../../contract/errors'
import type { RaceEvent, RaceSettings, Round } from '../../contract/speculation'
import { defaultThreads } from '../runtime/cpu-threads'
import type { TaskContext } from '../runtime/serve-tasks'
import type { LanguageFolder } from '../text/language-folder'
import { promptIds } from '../text/prompt-ids'
import { openParts } from './open-parts'
import { race } from './race'

/** What the worker needs to run a race: plain data that can be cloned into its thread. */
export interface RaceTaskInput {
  readonly modelId: string
  readonly folder: LanguageFolder
  readonly precision: string
  readonly settings: RaceSettings
  /** Folders of the other models that the strategies draft with, by their ids. */
  readonly draftModels?: Readonly<Record<string, LanguageFolder>>
  readonly provider: Provider
  /** Of the target; 0 is one a physical core. Drafters run on two at most. */
  readonly threads: number
}

export type RaceTaskEvent =
  | { readonly type: 'stage'; readonly stage: 'load' | 'prefill'; readonly label: string }
  | { readonly type: 'log'; readonly text: string }
  | { readonly type: 'start'; readonly promptTokens: number; readonly threads: number }
  | Extract<RaceEvent, { type: 'run' | 'rounds' | 'run-end' }>

/** Milliseconds between two events with rounds. */
const shortestGap = 60

/**
 * Runs a race inside the inference worker.
 * @throws StudioError CANCELLED after the events of what had been run; INVALID_INPUT, MODEL_UNSUPPORTED, MODEL_BROKEN, NOT_FINITE,
 *   OUT_OF_MEMORY
 */
export async function runRaceTask(input: RaceTaskInput, context: TaskContext<RaceTaskEvent>): Promise<void> {
  const { settings } = input
  const isCancelled = (): boolean => context.isCancelled()
  context.emit({ type: 'stage', stage: 'load', label: 'Loading the model' })
  const parts = await openParts(input, context.sessions)
  const prompt = promptIds(parts.model, settings)
  context.emit({ type: 'start', promptTokens: prompt.length, threads: input.threads || defaultThreads() })
  const onStage = (label: string): void => context.emit({ type: 'stage', stage: 'prefill', label })
  let waiting: Round[] = []
  let sent = performance.now()
  const flush = (run: number): void => {
    if (waiting.length > 0) context.emit({ type: 'rounds', run, rounds: waiting })
    waiting = []
    sent = performance.now()
  }
  for await (const step of race({ ...parts, settings, prompt, isCancelled, onStage })) {
    if (step.type === 'round') {
      waiting.push(step.round)
      if (performance.now() - sent >= shortestGap) flush(step.run)
    } else {
      flush(step.run)
      context.emit(step)
    }
  }
  if (isCancelled()) throw new StudioError('CANCELLED', 'The race was cancelled')
}
