// Faults of drawing: contexts, timesteps, guidance, extrapolation, pixels.

import { tensorToImage } from '../../tensor/image'
import type { ContextView } from '../context'
import type * as Decoder from '../decoder'
import type * as DrawPicture from '../draw-picture'
import type * as Graphs from '../graphs'
import type * as Guidance from '../guidance'
import type * as Patches from '../patches'
import type * as Schedule from '../schedule'
import type * as Taylor from '../taylor-seer'
import type * as Transcript from '../transcript'
import type * as TruncatedImage from '../truncated-image'
import type { GuidanceScales } from '../guidance'
import { plant, withMethods, type Fault } from './plant'

const transposed = (ids: BigInt64Array, side: bigint): BigInt64Array => ids.map((id) => (id % side) * side + id / side)

/** Guidance with other scales than asked for. */
function guidedWith(change: (scales: GuidanceScales) => Partial<GuidanceScales>): void {
  plant<typeof Guidance>('../guidance', ({ guide }) => ({
    guide: (from, scales, width) => guide(from, { ...scales, ...change(scales) }, width),
  }))
}

export const drawingFaults: readonly Fault[] = [
  [
    'the tokens around the noise missing',
    'draw',
    () =>
      plant<typeof Decoder>('../decoder', ({ pictureInput }) => ({
        pictureInput: (_und, gen, position, hidden) => pictureInput(new Float32Array(0), gen, position, hidden),
      })),
  ],
  [
    'the tokens around the noise routed to the generation expert',
    'draw',
    () =>
      plant<typeof Decoder>('../decoder', ({ pictureInput, runDecoder }) => ({
        pictureInput: (und, gen, position, hidden) => {
          const all = new Float32Array(und.length + gen.length)
          all.set(und)
          all.set(gen, und.length)
          return pictureInput(new Float32Array(0), all, position, hidden)
        },
        runDecoder: async (graphs, past, input, wants) => {
          const output = await runDecoder(graphs, past, input, wants)
          return { ...output, gen: output.gen.slice(2 * graphs.facts.hidden) }
        },
      })),
  ],
  [
    'guidance contexts missing',
    'edit-global',
    () =>
      plant<typeof Transcript>('../transcript', ({ readTranscript }) => ({
        readTranscript: (...parameters) => {
          const transcript = readTranscript(...parameters)
          return { ...transcript, withoutText: transcript.blocks.length }
        },
      })),
  ],
  [
    'the context without the words taken before the pictures',
    'edit-global',
    () =>
      plant<typeof Transcript>('../transcript', ({ readTranscript }) => ({
        readTranscript: (...parameters) => ({ ...readTranscript(...parameters), withoutText: 0 }),
      })),
  ],
  [
    'the think prompt missing from the context without pictures',
    'edit-think',
    () =>
      plant<typeof Transcript>('../transcript', ({ readTranscript }) => ({
        readTranscript: (...parameters) => {
          const transcript = readTranscript(...parameters)
          return { ...transcript, textOnly: transcript.textOnly.filter(({ messageId }) => messageId !== null) }
        },
      })),
  ],
  [
    'the wanted size ignored',
    'draw-wide',
    () =>
      plant<typeof Transcript>('../transcript', ({ readTranscript }) => ({
        readTranscript: (turn, ...others) => {
          const drawing = turn.drawing as { width: number | null; height: number | null }
          drawing.width = 64
          drawing.height = 64
          return readTranscript(turn, ...others)
        },
      })),
  ],
  [
    'timesteps of 0 to 1000',
    'draw',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, 1000 * timestep, ids),
        })),
      ),
  ],
  [
    'row and column of latent positions swapped',
    'draw-wide',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, timestep, transposed(ids, 16n)),
        })),
      ),
  ],
  [
    'noise drawn as planes',
    'draw',
    () =>
      plant<typeof DrawPicture>('../draw-picture', ({ drawPicture }) => ({
        drawPicture: async (noise, options) => {
          const { latentToTokens } = await import('../patches')
          return drawPicture(latentToTokens(noise, { channels: 16, height: 8, width: 8, patch: 2 }), options)
        },
      })),
  ],
  [
    'the latent unpacked with the channel first',
    'draw',
    () =>
      plant<typeof Patches>('../patches', () => ({
        tokensToLatent: (tokens) => tokens.slice(),
      })),
  ],
  [
    'noise kept in the context',
    'draw',
    () =>
      plant<typeof Decoder>('../decoder', ({ runDecoder, pastFeeds }) => {
        const views = new Map<object, ContextView>()
        return {
          pastFeeds: (view) => {
            const feeds = pastFeeds(view)
            views.set(feeds, view)
            return feeds
          },
          runDecoder: async (graphs, past, input, wants) => {
            if (wants !== 'gen') return runDecoder(graphs, past, input, wants)
            const view = views.get(past)!
            const rowsAndStates = await runDecoder(graphs, past, input, 'rows')
            const output = await runDecoder(graphs, past, input, 'gen')
            view.context.append(input.und.length / 96 + input.gen.length / 96, rowsAndStates.rows)
            Object.assign(past, pastFeeds({ ...view, length: view.context.length }))
            return output
          },
        }
      }),
  ],
  [
    'levels rounded',
    'draw',
    () => plant<typeof TruncatedImage>('../truncated-image', () => ({ truncatedImage: tensorToImage })),
  ],
  [
    'the schedule without its shift',
    'draw',
    () => plant<typeof Schedule>('../schedule', ({ timesteps }) => ({ timesteps: (steps) => timesteps(steps, 1) })),
  ],
  [
    'a schedule of one step more',
    'draw',
    () =>
      plant<typeof Schedule>('../schedule', ({ timesteps }) => ({
        timesteps: (steps, shift) => timesteps(steps + 1, shift),
      })),
  ],
  [
    'one norm over the picture instead of one for each token',
    'edit-channel',
    () => guidedWith(() => ({ renorm: 'global' })),
  ],
  ['renormalisation after the step by pictures', 'edit-text-channel', () => guidedWith(() => ({ renorm: 'channel' }))],
  ['renormalisation without its least ratio', 'edit-renorm-half', () => guidedWith(() => ({ renormMin: 0 }))],
  [
    'guidance outside its interval',
    'edit-interval',
    () => plant<typeof Schedule>('../schedule', () => ({ isGuided: () => true })),
  ],
  [
    'passes extrapolated at other steps',
    'draw-taylorseer',
    () => plant<typeof Schedule>('../schedule', () => ({ runsPass: (index) => index < 4 || index % 3 === 0 })),
  ],
  [
    'passes repeated instead of extrapolated',
    'edit-taylorseer',
    () =>
      plant<typeof Taylor>('../taylor-seer', ({ TaylorSeer }) => ({
        TaylorSeer: class extends TaylorSeer {
          #last = new Float32Array(0)

          override keep(hidden: Float32Array): void {
            this.#last = hidden.slice()
            super.keep(hidden)
          }

          override predict(): Float32Array {
            super.predict()
            return this.#last
          }
        },
      })),
  ],
]
