// One message of a conversation and its answer, with the graphs of a column: what writing and drawing have in common.

import { samplingSchema } from '../../contract/speculation'
import { checkContextRows, planRows } from '../chat/context-rows'
import { variantFor, type BagelFolder } from '../chat/folder'
import { BagelGraphs } from '../chat/graphs'
import { tokenizerOf } from '../chat/tokenizers'
import { readTranscript, type Transcript } from '../chat/transcript'
import type { ChatTurn, TurnDrawing, TurnPicture } from '../chat/turn'
import type { TextTokenizer } from '../text/text-tokenizer'
import type { Feeds, GraphSet } from './graph-set'

/** What a comparison of a conversation is given besides the subject. Plain data: it can be sent to another thread. */
export interface ConversationInput {
  readonly folder: BagelFolder
  /** What the question is about; null where it is about none. */
  readonly picture: TurnPicture | null
  /** Other pictures, on which ranges of activations are found. */
  readonly calibration: readonly TurnPicture[]
}

/** A turn of one message. @param drawing null where it is answered in words */
export function oneTurn(
  { prompt, picture, maxTokens, seed }: TurnWishes,
  drawing: TurnDrawing | null = null,
): ChatTurn {
  return {
    mode: drawing === null ? 'read' : 'draw',
    system: '',
    messages: [
      { id: 'message', role: 'user', parts: [...(picture === null ? [] : [picture]), { type: 'text', text: prompt }] },
    ],
    history: true,
    thinking: { kind: 'none' },
    maxTokens,
    // The most likely token each time: columns then differ by their numbers alone.
    sampling: samplingSchema.parse({ temperature: 0, seed }),
    drawing,
  }
}

export interface TurnWishes {
  readonly prompt: string
  readonly picture: TurnPicture | null
  readonly maxTokens: number
  readonly seed: number
}

/** The model of a conversation before a column's graphs, whose files answer for the folder's own. */
export function columnGraphs(graphs: GraphSet, folder: BagelFolder, isCancelled: () => boolean): BagelGraphs {
  return new BagelGraphs({
    modelId: folder.name,
    folder,
    variant: variantFor(folder),
    provider: 'cpu',
    threads: 0,
    sessions: { open: ({ role }) => graphs.open(role), release: async () => undefined },
    isCancelled,
  })
}

/** What a turn reads before it answers. @throws StudioError INVALID_INPUT, CONTEXT_FULL, MODEL_BROKEN */
export async function readTurn(
  turn: ChatTurn,
  folder: BagelFolder,
): Promise<{ transcript: Transcript; tokenizer: TextTokenizer }> {
  const tokenizer = await tokenizerOf(folder)
  const transcript = readTranscript(turn, folder.facts, tokenizer)
  checkContextRows(planRows(turn, transcript, folder.facts, tokenizer))
  return { transcript, tokenizer }
}

/** Rows of an input of the decoder. */
export function decoderRows(feeds: Feeds, expert: 'und' | 'gen'): number {
  return feeds[`${expert}_pos`]?.data.length ?? 0
}
