import type { Answer, Message } from '../../contract/chat'
import { pathTo, textOf } from '../../contract/chat-tree'
import type { TurnStatistics } from '../../contract/chat-statistics'
import type { Provider } from '../../contract/devices'
import { StudioError, toFailure, type Failure } from '../../contract/errors'
import type { JobOf, Job, JobRequest } from '../../contract/jobs'
import type { Settings } from '../../contract/settings'
import type { ChatTurnEvent } from '../chat/turn'
import type { JobContext } from '../jobs/queue'
import type { AssetStore } from '../storage/assets'
import type { MessagesTable } from '../storage/messages-table'
import { writePictureMetadata } from '../storage/png-metadata'
import { AnswerWriter } from './answer-writer'
import type { ChatEngine, EngineTurn } from './chat-engine'
import { drawnSettings } from './chat-picture'
import { TurnProgress } from './chat-progress'
import type { ChatStore } from './chat-store'
import { givenThought, lastPicture, turnOf, withPixels } from './chat-turn'
import type { DeviceService } from './device-service'

export interface ChatJobDependencies {
  readonly store: ChatStore
  readonly messages: MessagesTable
  readonly assets: AssetStore
  readonly devices: DeviceService
  readonly settings: () => Settings
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly engine: (modelId: string) => Promise<ChatEngine>
}

type ChatRequest = Extract<JobRequest, { kind: 'chat' }>['request']

const crashed: Failure = {
  code: 'ENGINE_CRASHED',
  message: 'The studio ended while this answer was written',
  remedy: 'Ask again. The conversation is as it was, and what was written is kept.',
}

/** Runs turns: gives the branch to the model, follows what it tells, and marks how the turn ended, whatever happens. */
export class ChatJobs {
  readonly #needs: ChatJobDependencies

  constructor(needs: ChatJobDependencies) {
    this.#needs = needs
  }

  async run({ answerId }: ChatRequest, context: JobContext): Promise<void> {
    const { store, devices } = this.#needs
    const found = store.answer(answerId)
    if (found.status === 'complete') {
      throw new StudioError('JOB_STATE', 'This answer is there already', { remedy: 'Ask for another one beside it.' })
    }
    const isFirstTry = found.status === 'waiting'
    const answer = store.patch(found, {
      status: 'running',
      failure: null,
      statistics: null,
      jobId: context.job.id,
      // What an earlier try left is written anew, but for what a person wrote.
      parts: isFirstTry ? found.parts : found.parts.filter((part) => part.type === 'think' && part.edited),
    })
    const path = pathTo(store.detail(answer.conversationId).messages, answer.parentId)
    const source = answer.decision.mode === 'edit' ? lastPicture(path) : null
    const writer = new AnswerWriter(answer, path, source, {
      store,
      assets: this.#needs.assets,
      describe: (png) => this.#describe(png, store.answer(answerId), path),
      onFrame: (frame) => context.frame(0, frame),
    })
    let provider: Provider = 'cpu'
    const peak = new PeakMemory()
    try {
      const engine = await this.#needs.engine(answer.modelId)
      store.patch(answer, { modelHash: await engine.modelHash() })
      const chosen = await devices.choose()
      provider = chosen.provider
      if (chosen.fallbackReason !== undefined) context.log(chosen.fallbackReason)
      const { parameters, decision } = answer
      const shape = { decision, parameters, settings: {}, thought: givenThought(answer), begun: textOf(answer) }
      const turn = await withPixels(withFixedSize(turnOf(path, shape), answer), this.#needs.assets)
      await this.#follow(engine, turn, { answer, context, writer, provider, peak })
      await writer.finish({ status: 'complete', failure: null }, statistics(writer, provider, peak))
    } catch (error) {
      const failure = toFailure(error)
      const isStopped = failure.code === 'CANCELLED' || context.signal.aborted
      await writer.finish(
        { status: isStopped ? 'stopped' : 'failed', failure: isStopped ? null : failure },
        statistics(writer, provider, peak),
      )
      throw error
    } finally {
      store.touch(answer.conversationId)
    }
  }

  async #follow(
    engine: ChatEngine,
    turn: EngineTurn,
    run: { answer: Answer; context: JobContext; writer: AnswerWriter; provider: Provider; peak: PeakMemory },
  ): Promise<void> {
    const { store, devices } = this.#needs
    const { answer, context, writer, provider, peak } = run
    const { maxTokens, thinkTokens } = answer.parameters
    const progress = new TurnProgress({ messageId: answer.id, maxTokens, thinkTokens })
    const { threads, keepModels } = this.#needs.settings()
    const onEvent = (event: ChatTurnEvent): void => {
      peak.measure()
      const state = progress.read(event)
      if (state !== null) {
        // Every word has an event of its own; how far the answer is goes with it.
        if (event.type !== 'text') store.publish(answer.conversationId, state)
        context.progress(progress.forQueue(state))
      }
      if (event.type === 'log') context.log(event.text)
      if (event.type === 'statistics') {
        const { graphMilliseconds, milliseconds } = event.statistics
        context.log(`Graphs ran for ${graphMilliseconds.toFixed(0)} of ${milliseconds.toFixed(0)} ms`)
      }
      writer.take(event)
    }
    try {
      await engine.run(turn, { onEvent, signal: context.signal, provider, threads, keep: keepModels })
    } finally {
      if (!keepModels) for (const modelId of modelsOf(answer)) await devices.release(modelId)
    }
  }

  #describe(png: Uint8Array, answer: Answer, path: readonly Message[]): Uint8Array {
    const settings = drawnSettings(answer, path)
    if (!this.#needs.settings().embedSettings || settings === null) return png
    return writePictureMetadata(png, { settings, modelName: answer.modelName, modelHash: answer.modelHash ?? '' })
  }

  /** Marks an answer whose job was taken out of the queue before it ran. */
  settle(job: Job): void {
    if (!isCancelledChat(job)) return
    const { store, messages } = this.#needs
    const answer = messages.find(job.request.request.answerId)
    if (answer?.role !== 'assistant' || answer.status !== 'waiting') return
    store.patch(answer, { status: 'stopped' })
    store.touch(answer.conversationId)
  }

  /** Marks what was cut off when the studio ended last. Answers of jobs that still wait in the queue go on waiting. */
  recover(jobs: readonly Job[]): void {
    const waiting = new Set(jobs.filter(({ status }) => status === 'queued').map(({ id }) => id))
    for (const answer of this.#needs.messages.unfinished()) {
      if (answer.jobId !== null && waiting.has(answer.jobId)) continue
      const parts = answer.parts.flatMap((part) => {
        if (part.type !== 'drawn' || part.state !== 'drawing') return [part]
        return part.assetId === null ? [] : [{ ...part, state: 'partial' as const }]
      })
      this.#needs.store.patch(
        answer,
        answer.status === 'running' ? { status: 'failed', failure: crashed, parts } : { status: 'stopped' },
      )
    }
  }
}

function isCancelledChat(job: Job): job is JobOf<'chat'> {
  return job.status === 'cancelled' && job.request.kind === 'chat'
}

/** The size that was settled when the turn was sent: its source may have been scaled to it. */
function withFixedSize(turn: EngineTurn, { parameters }: Answer): EngineTurn {
  const { drawing } = parameters
  if (turn.drawing === null || drawing === null) return turn
  return { ...turn, drawing: { ...turn.drawing, width: drawing.width, height: drawing.height } }
}

/** The most memory that the engine's process had during a turn. */
class PeakMemory {
  bytes = process.memoryUsage.rss()
  #measuredAt = 0

  measure(): void {
    // Asking takes a system call, and words come by the hundred.
    if (performance.now() - this.#measuredAt < 100) return
    this.#measuredAt = performance.now()
    this.bytes = Math.max(this.bytes, process.memoryUsage.rss())
  }
}

function statistics(
  { statistics: measured }: AnswerWriter,
  provider: Provider,
  peak: PeakMemory,
): TurnStatistics | null {
  if (measured === null) return null
  const { phases, firstTokenMilliseconds, milliseconds, context } = measured
  return { phases: [...phases], firstTokenMilliseconds, milliseconds, context, provider, peakBytes: peak.bytes }
}

/** The model that answers, and the other one that drafts for it. */
function modelsOf({ modelId, parameters }: Answer): readonly string[] {
  const drafter = parameters.strategy?.draftModel
  return drafter === undefined ? [modelId] : [modelId, drafter]
}
