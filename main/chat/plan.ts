// What a turn would take, counted before anything is run: rows, sizes, work and memory. Reads the tokenizer and no weights.

import { freeMemory } from '../runtime/free-memory'
import { planRows } from './context-rows'
import { variantFor } from './folder'
import { roughSeconds } from './rough-seconds'
import { tokenizerOf } from './tokenizers'
import { readTranscript } from './transcript'
import type { ChatModelChoice, ChatPlan, ChatTurn } from './turn'
import { memoryOf } from './turn-memory'
import { workOf } from './turn-work'

export interface ChatPlanInput extends ChatModelChoice {
  readonly turn: ChatTurn
}

/**
 * @param state `resident`: bytes of this model's graphs that are in memory now
 * @throws StudioError INVALID_INPUT where there is nothing to answer or no such size or precision, MODEL_BROKEN
 */
export async function planChatTurn(
  { turn, folder, precision, provider }: ChatPlanInput,
  state: { readonly resident: number },
): Promise<ChatPlan> {
  const { facts } = folder
  const variant = variantFor(folder, precision)
  const tokenizer = await tokenizerOf(folder)
  const transcript = readTranscript(turn, facts, tokenizer)
  const rows = planRows(turn, transcript, facts, tokenizer)
  const machine = { free: freeMemory(), resident: state.resident }
  const work = workOf(turn, transcript, rows, facts)
  return {
    ...rows,
    work,
    roughSeconds: roughSeconds(work, variant, provider),
    memory: memoryOf(turn, transcript, rows, { facts, variant, provider }, machine),
  }
}
