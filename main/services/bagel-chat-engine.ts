import type { ChatModelFacts } from '../../contract/chat-models'
import type { Model } from '../../contract/models'
import type { BagelFolder } from '../chat/folder'
import { planChatTurn } from '../chat/plan'
import type { ChatPlan, ChatTaskInput, ChatTurnEvent } from '../chat/turn'
import type { ChatEngine, EngineRun, EngineTurn } from './chat-engine'
import type { TaskRunner } from './image-job'

/** A preview every so many steps: each costs a small part of one. */
const previewEvery = 1

export interface BagelEngineNeeds {
  readonly model: Model
  readonly facts: ChatModelFacts
  readonly folder: BagelFolder
  readonly worker: TaskRunner
  readonly modelHash: () => Promise<string>
  /** Where it would run, for what a turn takes there. */
  readonly provider: () => Promise<EngineRun['provider']>
  /** Bytes of this model in memory. */
  readonly resident: () => Promise<number>
}

/** A model of the BAGEL family: it reads, draws and edits. */
export class BagelChatEngine implements ChatEngine {
  readonly model: Model
  readonly facts: ChatModelFacts
  readonly #needs: BagelEngineNeeds

  constructor(needs: BagelEngineNeeds) {
    this.model = needs.model
    this.facts = needs.facts
    this.#needs = needs
  }

  modelHash(): Promise<string> {
    return this.#needs.modelHash()
  }

  async plan(turn: EngineTurn): Promise<ChatPlan> {
    const { folder, model } = this.#needs
    const { precision } = turn
    const choice = { modelId: model.id, folder, precision, provider: await this.#needs.provider(), threads: 0 }
    return planChatTurn({ ...choice, turn }, { resident: await this.#needs.resident() })
  }

  async run(turn: EngineTurn, { onEvent, signal, provider, threads, keep }: EngineRun): Promise<void> {
    const { folder, model, worker } = this.#needs
    const { precision } = turn
    const input: ChatTaskInput = {
      modelId: model.id,
      folder,
      precision,
      provider,
      threads,
      turn,
      previewEvery,
      releasePhases: !keep,
    }
    await worker.run<ChatTaskInput, void, ChatTurnEvent>('chat', input, { onEvent, signal })
  }
}
