import { statSync } from 'node:fs'
import { totalmem } from 'node:os'
import type { TaskContext } from '../runtime/serve-tasks'
import { ContextPool } from './context-pool'
import { EventOutbox } from './event-outbox'
import { variantFor } from './folder'
import { BagelGraphs } from './graphs'
import { seededNoise } from './noise-source'
import { planChatTurn } from './plan'
import { runTurn, type TurnTools } from './run-turn'
import { tokenizerOf } from './tokenizers'
import type { ChatTaskInput, ChatTurnEvent } from './turn'
import { checkMemory } from './turn-memory'

/** Share of the memory that contexts of earlier turns may take, and the most of it. */
const poolShare = 0.1
const poolMost = 4 * 2 ** 30

/** What was read in earlier turns, kept for the life of the worker. */
const pool = new ContextPool(Math.min(poolMost, totalmem() * poolShare))

/**
 * Runs one turn inside the inference worker.
 * @throws StudioError as runTurn; OUT_OF_MEMORY before anything is loaded where the turn cannot fit
 */
export async function runChatTask(input: ChatTaskInput, context: TaskContext<ChatTurnEvent>): Promise<void> {
  const { modelId, folder, precision, provider, threads, turn, previewEvery, releasePhases } = input
  const variant = variantFor(folder, precision)
  const resident = context.sessions.memory().find((model) => model.modelId === modelId)?.bytes ?? 0
  checkMemory((await planChatTurn(input, { resident })).memory, folder.name)
  const outbox = new EventOutbox((event) => context.emit(event, pixelsOf(event)))
  const emit = (event: ChatTurnEvent): void => outbox.put(event)
  const graphs = new BagelGraphs({
    modelId,
    folder,
    variant,
    provider,
    threads,
    sessions: context.sessions,
    isCancelled: () => context.isCancelled(),
    onLoad: (label) => emit({ type: 'phase', phase: 'load', label }),
  })
  // Rows of a file that was replaced since would be those of another model.
  const files = variant.decoder.map(({ file }) => [file, statSync(file).mtimeMs])
  const tools: TurnTools = {
    graphs,
    tokenizer: await tokenizerOf(folder),
    pool,
    poolKey: JSON.stringify([modelId, provider, files]),
    noise: seededNoise(turn.sampling.seed),
    previewEvery,
    emit,
    phaseDone: async (phase) => {
      if (releasePhases) await graphs.release(doneWith[phase])
    },
  }
  try {
    await runTurn(turn, tools)
  } finally {
    outbox.flush()
  }
}

/** Graphs that no later phase of a turn runs. */
const doneWith = {
  prefill: ['vision_encoder', 'vae_encoder'],
  draw: ['latent_embedding', 'velocity_head'],
  decode: ['vae_decoder', 'preview_decoder'],
} as const

/** Pixels move to the receiver instead of being copied. */
function pixelsOf(event: ChatTurnEvent): ArrayBuffer[] {
  if (event.type === 'picture') return [event.rgb.buffer as ArrayBuffer]
  if (event.type === 'step' && event.preview !== null) return [event.preview.rgb.buffer as ArrayBuffer]
  return []
}
