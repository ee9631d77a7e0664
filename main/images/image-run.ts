// What the picture engine needs from its surroundings, and what it tells them.

import { StudioError } from '../../contract/errors'
import type { Stage } from '../../contract/images'
import type { GraphSession } from '../runtime/graph-session'
import type { EmbeddingCache } from './embedding-cache'

/** The graphs of a Stable Diffusion 3 model, by the folder names of a diffusers export. */
export const imageRoles = [
  'text_encoder',
  'text_encoder_2',
  'text_encoder_3',
  'transformer',
  'vae_encoder',
  'vae_decoder',
  'preview_decoder',
] as const
export type ImageRole = (typeof imageRoles)[number]

export interface ImageRun {
  /** Loads a graph, or returns the one in memory. */
  open(role: ImageRole): Promise<GraphSession>
  /** Says that these graphs are not needed any more for this request; they may be released. */
  stageDone(roles: readonly ImageRole[]): Promise<void>
  emit(event: ImageEvent): void
  /** Asked between graph runs. */
  isCancelled(): boolean
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Text embeddings of earlier requests; where absent, every request encodes its prompts. */
  readonly embeddings?: EmbeddingCache
}

export type ImageEvent =
  | { type: 'stage'; stage: Stage; label: string; item: number }
  /** `step` steps of picture `item` are done, the last one in so many milliseconds; the latent is now at `sigma`. */
  | { type: 'step'; item: number; step: number; steps: number; sigma: number; milliseconds: number }
  /** A small picture of the latent after `step` steps. The buffer is the receiver's. */
  | { type: 'frame'; item: number; step: number; sigma: number; width: number; height: number; rgb: Uint8Array }
  | {
      type: 'image'
      item: number
      seed: number
      width: number
      height: number
      rgb: Uint8Array
      /** Whether the run was stopped before its last step. */
      partial: boolean
      stepsDone: number
      /** Milliseconds by stage. What was done once for all pictures counts for the first. */
      timings: Partial<Record<Stage, number>>
      /** Milliseconds inside graph runs. */
      graphMilliseconds: number
    }
  | { type: 'log'; text: string }

/** How a request ends that the user stopped. */
export function cancelled(): StudioError {
  return new StudioError('CANCELLED', 'The drawing was stopped')
}
