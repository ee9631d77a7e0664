import type { Provider } from '../../contract/devices'
import type { Model } from '../../contract/models'
import type { ChatModelFacts } from '../../contract/chat-models'
import type { Strategy } from '../../contract/speculation'
import type { ChatPlan, ChatTurn, ChatTurnEvent } from '../chat/turn'

/** A turn with what only some families take. */
export interface EngineTurn extends ChatTurn {
  readonly precision: string
  /** How a text-only model drafts. */
  readonly strategy: Strategy | null
  /** Empty for a new answer. */
  readonly begun: string
}

export interface EngineRun {
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
  /** Whether what was loaded and read is kept for the next turn. */
  readonly keep: boolean
  readonly onEvent: (event: ChatTurnEvent) => void
  readonly signal: AbortSignal
}

/** A model that can be talked with, whatever its family. */
export interface ChatEngine {
  readonly model: Model
  readonly facts: ChatModelFacts
  modelHash(): Promise<string>
  /** Counts what a turn would take. Loads no weights, so it can be asked while another turn runs. */
  plan(turn: EngineTurn): Promise<ChatPlan>
  /** Runs it in the inference worker. @throws StudioError CANCELLED after the events of what there was; as the family's task */
  run(turn: EngineTurn, run: EngineRun): Promise<void>
}
