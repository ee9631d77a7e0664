// The memory that a turn takes, and whether this machine has it.

import { StudioError } from '../../contract/errors'
import type { Provider } from '../../contract/devices'
import type { RowPlan } from './context-rows'
import type { BagelVariant } from './folder'
import type { BagelFacts, GraphRole } from './manifest'
import { bytesPerRow } from './row-store'
import { needsTextContext } from './turn-work'
import { totalRows, type Transcript } from './transcript'
import type { ChatTurn, TurnMemory } from './turn'

/** A decoder's widest feature maps: 128 channels at full size, a few of them at once, in float32. */
const bytesPerPixel = 128 * 4 * 3
/** Rows of one run keep about so many arrays of the hidden size, those of the MLP counted in. */
const arraysPerRow = 24

/** Graphs that a turn runs, the decoder besides them. */
function rolesOf(turn: ChatTurn, transcript: Transcript): GraphRole[] {
  const hasPictures = transcript.textOnly.length < transcript.blocks.length
  const writes = turn.drawing === null || turn.thinking.kind === 'write'
  return [
    'token_embedding',
    ...(writes ? (['lm_head'] as const) : []),
    ...(hasPictures ? (['vision_encoder'] as const) : []),
    ...(turn.drawing === null ? [] : (['latent_embedding', 'velocity_head', 'vae_decoder'] as const)),
    ...(turn.drawing !== null && hasPictures ? (['vae_encoder'] as const) : []),
  ]
}

/**
 * @param machine bytes that are free now, and those that the model's graphs hold already
 */
export function memoryOf(
  turn: ChatTurn,
  transcript: Transcript,
  plan: RowPlan,
  model: { readonly facts: BagelFacts; readonly variant: BagelVariant; readonly provider: Provider },
  machine: { readonly free: number; readonly resident: number },
): TurnMemory {
  const { facts, variant, provider } = model
  const roles = [...rolesOf(turn, transcript), 'decoder'] as const
  const weights = roles.reduce((sum, role) => sum + loadedBytes(variant, role, provider), 0)
  const kept = plan.rows.total + (turn.drawing === null ? plan.answerRows : 0)
  const apart = needsTextContext(turn, transcript) ? totalRows(transcript.textOnly) : 0
  const cache = (kept + apart) * bytesPerRow(facts)
  const activations = largestRun(transcript, plan, facts)
  const total = weights + cache + activations
  const available = machine.free + machine.resident
  return { weights, cache, activations, total, available, fits: total <= available }
}

/** Half-precision weights are computed in float32 on the CPU: they take twice their size on disk. */
function loadedBytes({ weights, halves }: BagelVariant, role: GraphRole | 'decoder', provider: Provider): number {
  return (weights[role] ?? 0) + (provider === 'cpu' ? (halves[role] ?? 0) : 0)
}

/** Attention scores and features of the run with the most rows, or the feature maps of the picture. */
function largestRun({ blocks }: Transcript, { rows, size }: RowPlan, facts: BagelFacts): number {
  const pictureRows = size === null ? 0 : (size.width * size.height) / facts.latentDownsample ** 2 + 2
  const most = Math.max(pictureRows, ...blocks.map((block) => (block.kind === 'text' ? 0 : block.rows)), 1)
  const run = 4 * most * (2 * facts.heads * (rows.total + pictureRows) + arraysPerRow * facts.hidden)
  return Math.max(run, size === null ? 0 : size.width * size.height * bytesPerPixel)
}

/** @throws StudioError OUT_OF_MEMORY in numbers, before anything is loaded */
export function checkMemory({ fits, total, weights, available }: TurnMemory, name: string): void {
  if (fits) return
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`
  throw new StudioError(
    'OUT_OF_MEMORY',
    `This takes about ${gigabytes(total)} with ${name}, and ${gigabytes(available)} are free`,
    {
      remedy:
        weights > available
          ? 'Close other programs, or choose a smaller model or precision.'
          : 'Draw a smaller picture, use fewer pictures, or leave earlier messages out.',
    },
  )
}
