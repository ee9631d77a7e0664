// Each classic fault of ports of this model, planted, must make a golden fail: a proof that the goldens would see it.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { tensorToImage } from '../tensor/image'
import type * as Bicubic from './bicubic'
import type { ContextView } from './context'
import type * as Decoder from './decoder'
import type * as DrawPicture from './draw-picture'
import type * as Graphs from './graphs'
import type * as Patches from './patches'
import type * as PictureSize from './picture-size'
import type * as RoundHalfEven from './round-half-even'
import type * as Schedule from './schedule'
import type * as Transcript from './transcript'
import type * as TruncatedImage from './truncated-image'

/** Runs a scenario with the engine as it now stands. @returns what of it the goldens refuse */
async function refused(name: string): Promise<string[]> {
  if (name === 'sizes') return (await import('./testing/sizes')).unlikeSizes()
  const { observe, readScenario, recordedNoise, turnOf } = await import('./testing/scenario')
  const { compare, failuresOf } = await import('./testing/compare')
  const scenario = readScenario(name)
  const observed = await observe(turnOf(scenario), recordedNoise(scenario))
  if (observed.error !== null) return [(observed.error as Error).message]
  return failuresOf(compare(scenario, observed)).map(({ what }) => what)
}

const planted: string[] = []

/** Replaces exports of a module for everything that is imported from now on. */
function plant<M extends object>(module: string, change: (actual: M) => Partial<M>): void {
  planted.push(module)
  vi.resetModules()
  vi.doMock(module, async (importActual) => {
    const actual = await importActual<M>()
    return { ...actual, ...change(actual) }
  })
}

afterEach(() => {
  for (const module of planted.splice(0)) vi.doUnmock(module)
  vi.resetModules()
})

/** A class whose methods are changed. */
function withMethods(
  graphs: typeof Graphs,
  methods: (base: Graphs.BagelGraphs) => Partial<Graphs.BagelGraphs>,
): Partial<typeof Graphs> {
  return {
    BagelGraphs: class extends graphs.BagelGraphs {
      constructor(...options: ConstructorParameters<typeof Graphs.BagelGraphs>) {
        super(...options)
        const base = Object.create(graphs.BagelGraphs.prototype, {}) as object
        const bound = new Proxy(base, {
          get: (_, name) => (Reflect.get(graphs.BagelGraphs.prototype, name, this) as () => unknown).bind(this),
        })
        Object.assign(this, methods(bound as Graphs.BagelGraphs))
      }
    },
  }
}

const transposed = (ids: BigInt64Array, side: bigint): BigInt64Array => ids.map((id) => (id % side) * side + id / side)

type Fault = readonly [what: string, scenario: string, plant: () => void]

const faults: readonly Fault[] = [
  [
    'patches read as channel, row, column',
    'read',
    () =>
      plant<typeof Patches>('./patches', ({ patchesOf }) => ({
        patchesOf: (image, patch) => {
          const patches = patchesOf(image, patch)
          const area = patch * patch
          return patches.map((_, i) => {
            const [start, entry] = [i - (i % (3 * area)), i % (3 * area)]
            return patches[start + 3 * (entry % area) + Math.floor(entry / area)]!
          })
        },
      })),
  ],
  [
    'pictures stretched to a square',
    'read',
    () =>
      plant<typeof PictureSize>('./picture-size', ({ transformedSize }) => ({
        transformedSize: (size, preset) =>
          preset.stride === 14 ? { width: preset.maxSide, height: preset.maxSide } : transformedSize(size, preset),
      })),
  ],
  [
    'half-up rounding in the size',
    'sizes',
    () =>
      plant<typeof RoundHalfEven>('./round-half-even', () => ({ roundHalfEven: (value) => Math.floor(value + 0.5) })),
  ],
  [
    'the vision encoder given the picture without the first preset',
    'read',
    () =>
      plant<typeof Transcript>('./transcript', ({ readTranscript }) => ({
        readTranscript: (turn, facts, tokenizer) =>
          readTranscript(turn, { ...facts, vaeTransform: { maxSide: 4096, minSide: 1, stride: 1 } }, tokenizer),
      })),
  ],
  [
    'resizing without antialiasing',
    'edit-global',
    () =>
      plant<typeof Bicubic>('./bicubic', () => ({
        resizeBicubic: (image, width, height) => {
          const rgb = new Uint8Array(3 * width * height)
          for (let i = 0; i < width * height; i++) {
            const x = Math.floor(((i % width) * image.width) / width)
            const y = Math.floor((Math.floor(i / width) * image.height) / height)
            rgb.set(image.rgb.subarray(3 * (y * image.width + x), 3 * (y * image.width + x) + 3), 3 * i)
          }
          return { width, height, rgb }
        },
      })),
  ],
  [
    'rising positions inside a picture',
    'read',
    () =>
      plant<typeof Decoder>('./decoder', ({ pictureInput }) => ({
        pictureInput: (...parameters) => {
          const input = pictureInput(...parameters)
          return { ...input, undPositions: input.undPositions.map((id, i) => id + BigInt(i)) }
        },
      })),
  ],
  [
    'a causal mask inside a picture',
    'edit-global',
    () =>
      plant<typeof Decoder>('./decoder', ({ pictureInput }) => ({
        pictureInput: (...parameters) => ({ ...pictureInput(...parameters), causal: true }),
      })),
  ],
  [
    'full attention inside a text',
    'read',
    () =>
      plant<typeof Decoder>('./decoder', ({ textInput }) => ({
        textInput: (...parameters) => ({ ...textInput(...parameters), causal: false }),
      })),
  ],
  [
    'the tokens around the noise missing',
    'draw',
    () =>
      plant<typeof Decoder>('./decoder', ({ pictureInput }) => ({
        pictureInput: (_und, gen, position, hidden) => pictureInput(new Float32Array(0), gen, position, hidden),
      })),
  ],
  [
    'the tokens around the noise routed to the generation expert',
    'draw',
    () =>
      plant<typeof Decoder>('./decoder', ({ pictureInput, runDecoder }) => ({
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
    'the end of texts forgotten',
    'read',
    () =>
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          // A text that ends is read as one that begins instead.
          embedTokens: (ids) => base.embedTokens(ids.map((id) => (id === 381 ? 380 : id))),
        })),
      ),
  ],
  [
    'guidance contexts missing',
    'edit-global',
    () =>
      plant<typeof Transcript>('./transcript', ({ readTranscript }) => ({
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
      plant<typeof Transcript>('./transcript', ({ readTranscript }) => ({
        readTranscript: (...parameters) => ({ ...readTranscript(...parameters), withoutText: 0 }),
      })),
  ],
  [
    'the think prompt missing from the context without pictures',
    'edit-think',
    () =>
      plant<typeof Transcript>('./transcript', ({ readTranscript }) => ({
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
      plant<typeof Transcript>('./transcript', ({ readTranscript }) => ({
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
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, 1000 * timestep, ids),
        })),
      ),
  ],
  [
    'clean pictures at another timestep than 0',
    'edit-global',
    () =>
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, timestep === 0 ? 1e-3 : timestep, ids),
        })),
      ),
  ],
  [
    'row and column of latent positions swapped',
    'draw-wide',
    () =>
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, timestep, transposed(ids, 16n)),
        })),
      ),
  ],
  [
    'row and column of patch positions swapped',
    'read',
    () =>
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedPatches: (patches, ids) => base.embedPatches(patches, transposed(ids, 10n)),
        })),
      ),
  ],
  [
    'noise drawn as planes',
    'draw',
    () =>
      plant<typeof DrawPicture>('./draw-picture', ({ drawPicture }) => ({
        drawPicture: async (noise, options) => {
          const { latentToTokens } = await import('./patches')
          return drawPicture(latentToTokens(noise, { channels: 16, height: 8, width: 8, patch: 2 }), options)
        },
      })),
  ],
  [
    'the latent unpacked with the channel first',
    'draw',
    () =>
      plant<typeof Patches>('./patches', () => ({
        tokensToLatent: (tokens) => tokens.slice(),
      })),
  ],
  [
    'noise kept in the context',
    'draw',
    () =>
      plant<typeof Decoder>('./decoder', ({ runDecoder, pastFeeds }) => {
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
    () => plant<typeof TruncatedImage>('./truncated-image', () => ({ truncatedImage: tensorToImage })),
  ],
  [
    'the schedule without its shift',
    'draw',
    () => plant<typeof Schedule>('./schedule', ({ timesteps }) => ({ timesteps: (steps) => timesteps(steps, 1) })),
  ],
  [
    'a schedule of one step more',
    'draw',
    () =>
      plant<typeof Schedule>('./schedule', ({ timesteps }) => ({
        timesteps: (steps, shift) => timesteps(steps + 1, shift),
      })),
  ],
  [
    'a mean instead of a draw from the autoencoder',
    'edit-global',
    () =>
      plant<typeof Graphs>('./graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          encodePixels: async (pixels) => {
            const { mean } = await base.encodePixels(pixels)
            return { mean, logVariance: new Float32Array(mean.length).fill(Number.NEGATIVE_INFINITY) }
          },
        })),
      ),
  ],
]

describe('a golden sees', () => {
  it.each(faults)('%s', async (_what, scenario, fault) => {
    fault()
    expect(await refused(scenario)).not.toEqual([])
  })

  it('nothing where nothing is planted', async () => {
    for (const scenario of new Set(faults.map(([, name]) => name))) expect(await refused(scenario)).toEqual([])
  })
})
