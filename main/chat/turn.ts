// One turn of a chat as the inference worker takes it, and what it tells meanwhile. Types only.

import type { SentAs } from '../../contract/chat'
import type { ChatMode, Drawing } from '../../contract/chat-settings'
import type { ContextRows, PhaseStatistics } from '../../contract/chat-statistics'
import type { Provider } from '../../contract/devices'
import type { Sampling } from '../../contract/speculation'
import type { BagelFolder } from './folder'
import type { PicturePixels } from './picture-pixels'

/** A picture in a message. */
export interface TurnPicture {
  readonly type: 'picture'
  /** Names the content, such as an asset id: one id is always one picture, so what was read of it is used again. */
  readonly id: string
  /** Upright, after its EXIF orientation. */
  readonly width: number
  readonly height: number
  /** Not needed for a plan. */
  readonly pixels?: PicturePixels
}

export type TurnPart = { readonly type: 'text'; readonly text: string } | TurnPicture

export interface TurnMessage {
  /** Names the message where the context is full. */
  readonly id: string
  readonly role: 'user' | 'assistant'
  /** In the order in which the model reads them: pictures before words, or the words are no guidance. Without thoughts. */
  readonly parts: readonly TurnPart[]
}

/** Thinking before the answer: none, written by the model, or a thought that is there already (kept, or rewritten by a person). */
export type TurnThinking =
  | { readonly kind: 'none' }
  | { readonly kind: 'write'; readonly maxTokens: number }
  | { readonly kind: 'given'; readonly text: string }

/** What decides a turn. */
export interface ChatTurn {
  readonly mode: ChatMode
  /** Read before all messages; none where empty. The model's own think prompt comes before it. */
  readonly system: string
  /** The active branch, the message to answer last; those left out are not in it. */
  readonly messages: readonly TurnMessage[]
  /** Whether all messages are read, or the last one alone (for an edit with the picture it follows), as in the official code. */
  readonly history: boolean
  readonly thinking: TurnThinking
  /** Words with which an answer in words begins already: it goes on after them. None where absent or empty. */
  readonly begun?: string
  /** Most tokens of an answer in words. */
  readonly maxTokens: number
  /** Of thoughts and answers. Its seed is also that of the noise. */
  readonly sampling: Sampling
  /** Null in mode `read`. In mode `edit` the size is that of the last picture where `width` or `height` is null. */
  readonly drawing: TurnDrawing | null
}

export interface TurnDrawing extends Omit<Drawing, 'width' | 'height'> {
  readonly width: number | null
  readonly height: number | null
}

/** The model that answers, and where it runs. */
export interface ChatModelChoice {
  readonly modelId: string
  readonly folder: BagelFolder
  /** The folder's default where absent. */
  readonly precision?: string
  readonly provider: Provider
  /** 0 is one a physical core. */
  readonly threads: number
}

/** Input of the task `chat`. */
export interface ChatTaskInput extends ChatModelChoice {
  readonly turn: ChatTurn
  /** A preview every so many steps; 0 for none. */
  readonly previewEvery: number
  /** Release each graph as soon as its phase is over, rather than keeping it for the next turn. */
  readonly releasePhases: boolean
}

/** Rows that a message adds to the context. */
export interface MessageRows extends ContextRows {
  readonly id: string
  readonly total: number
}

/** How a picture is given to the model; null for an encoder that the turn does not use. */
export interface PlannedPicture {
  readonly id: string
  readonly seen: SentAs | null
  readonly encoded: SentAs | null
}

/** What a turn comes to, before anything is run. */
export interface ChatPlan {
  readonly pictures: readonly PlannedPicture[]
  /** By message, in order; only those that are read. */
  readonly messages: readonly MessageRows[]
  /** Of the think prompt and the system text. */
  readonly systemRows: number
  /** All of the context before the answer. */
  readonly rows: ContextRows & { readonly total: number }
  /** Most rows of the answer: tokens of thought and answer, or thought and latents of the picture. */
  readonly answerRows: number
  /** Most rows that the model reads. */
  readonly limit: number
  /** Messages to leave out so that it fits, the oldest first; empty where it does, or where that does not help. */
  readonly leaveOut: readonly { readonly id: string; readonly rows: number }[]
  /** Of the picture that is drawn; null in mode `read`. */
  readonly size: { readonly width: number; readonly height: number } | null
  readonly work: TurnWork
  /** An order of magnitude, for where nothing was measured yet; absent where not even that is known. */
  readonly roughSeconds?: { readonly low: number; readonly high: number }
  readonly memory: TurnMemory
}

/** How much there is to do in a turn, for an estimate of its time. */
export interface TurnWork {
  /** Rows to read where none is kept from an earlier turn. */
  readonly prefillRows: number
  /** Most tokens of thought and answer. */
  readonly tokens: number
  /** Passes through the decoder to draw, those that are spared not counted, and rows of each. */
  readonly passes: number
  readonly passRows: number
  /** Of the picture that is drawn. */
  readonly pixels: number
}

/** Bytes that a turn takes. */
export interface TurnMemory {
  /** Weights of all graphs that it runs. */
  readonly weights: number
  /** Keys and values. */
  readonly cache: number
  /** Working space of the largest run. */
  readonly activations: number
  readonly total: number
  /** Free for it on this machine now, what is in memory already counted in. */
  readonly available: number
  readonly fits: boolean
}

/** What the task `chat` tells. Buffers are the receiver's. */
export type ChatTurnEvent =
  /** What begins now, in words. */
  | {
      readonly type: 'phase'
      readonly phase: 'load' | 'prefill' | 'think' | 'answer' | 'draw' | 'decode'
      readonly label: string
    }
  /** Rows read so far of those that must be read now. */
  | {
      readonly type: 'prefill'
      readonly rows: number
      readonly total: number
      readonly reusedRows: number
      /** Null until something was measured. */
      readonly rowsPerSecond: number | null
    }
  /** Pictures as they were given to the model; once, before the first is read. */
  | { readonly type: 'pictures'; readonly pictures: readonly PlannedPicture[] }
  /** Whole characters of the thought or the answer, without the tags; may be empty where a character is incomplete. */
  | {
      readonly type: 'text'
      readonly part: 'think' | 'answer'
      readonly text: string
      /** Tokens of the part so far. */
      readonly tokens: number
    }
  /** The text is over and held a thought: `text` is what stood between the tags, `raw` the whole text, to be given back unchanged. */
  | { readonly type: 'thought'; readonly text: string; readonly raw: string; readonly closed: boolean }
  /** `step` of `steps` model steps are done, the last one in so many milliseconds; the picture is now at `timestep`. */
  | {
      readonly type: 'step'
      readonly step: number
      readonly steps: number
      readonly timestep: number
      readonly milliseconds: number
      /** What the picture will be; null where none is due. */
      readonly preview: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } | null
    }
  | {
      readonly type: 'picture'
      readonly width: number
      readonly height: number
      readonly rgb: Uint8Array
      readonly seed: number
      /** Whether the run was stopped: the picture is then what was expected of it. */
      readonly partial: boolean
      readonly stepsDone: number
      readonly steps: number
    }
  /** Last of all, of a stopped turn too: the task then ends with CANCELLED. Not sent where it fails. */
  | { readonly type: 'statistics'; readonly statistics: ChatTurnStatistics }
  | { readonly type: 'log'; readonly text: string }

export interface ChatTurnStatistics {
  readonly phases: readonly PhaseStatistics[]
  /** From the start of the turn, loading not counted; null where no token came. */
  readonly firstTokenMilliseconds: number | null
  readonly milliseconds: number
  /** Inside graph runs: the rest was spent around them. */
  readonly graphMilliseconds: number
  /** What the context held when the turn was over. */
  readonly context: ContextRows & { readonly limit: number }
}
