// Faults on the way into the model: pictures, texts, positions.

import type * as Resample from '../../tensor/resample'
import type * as Decoder from '../decoder'
import type * as Graphs from '../graphs'
import type * as Patches from '../patches'
import type * as PictureSize from '../picture-size'
import type * as RoundHalfEven from '../../tensor/round-half-even'
import type * as Transcript from '../transcript'
import { plant, withMethods, type Fault } from './plant'

const transposed = (ids: BigInt64Array, side: bigint): BigInt64Array => ids.map((id) => (id % side) * side + id / side)

export const readingFaults: readonly Fault[] = [
  [
    'patches read as channel, row, column',
    'read',
    () =>
      plant<typeof Patches>('../patches', ({ patchesOf }) => ({
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
      plant<typeof PictureSize>('../picture-size', ({ transformedSize }) => ({
        transformedSize: (size, preset) =>
          preset.stride === 14 ? { width: preset.maxSide, height: preset.maxSide } : transformedSize(size, preset),
      })),
  ],
  [
    'half-up rounding in the size',
    'sizes',
    () =>
      plant<typeof RoundHalfEven>('../../tensor/round-half-even', () => ({
        roundHalfEven: (value) => Math.floor(value + 0.5),
      })),
  ],
  [
    'the vision encoder given the picture without the first preset',
    'read',
    () =>
      plant<typeof Transcript>('../transcript', ({ readTranscript }) => ({
        readTranscript: (turn, facts, tokenizer) =>
          readTranscript(turn, { ...facts, vaeTransform: { maxSide: 4096, minSide: 1, stride: 1 } }, tokenizer),
      })),
  ],
  [
    'resizing without antialiasing',
    'edit-global',
    () =>
      plant<typeof Resample>('../../tensor/resample', () => ({
        resample: (image, width, height) => {
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
      plant<typeof Decoder>('../decoder', ({ pictureInput }) => ({
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
      plant<typeof Decoder>('../decoder', ({ pictureInput }) => ({
        pictureInput: (...parameters) => {
          const input = pictureInput(...parameters)
          return { ...input, sees: input.sees.map((_, i) => BigInt(i + 1)) }
        },
      })),
  ],
  [
    'full attention inside a text',
    'read',
    () =>
      plant<typeof Decoder>('../decoder', ({ textInput }) => ({
        textInput: (...parameters) => {
          const input = textInput(...parameters)
          return { ...input, sees: input.sees.map(() => BigInt(input.sees.length)) }
        },
      })),
  ],
  [
    'a picture that sees the words after it',
    'read',
    () =>
      plant<typeof Decoder>('../decoder', ({ inOneRun }) => ({
        inOneRun: (inputs) => {
          const input = inOneRun(inputs)
          const [all, texts] = [BigInt(input.sees.length), inputs.at(-1)!.sees.length]
          return { ...input, sees: input.sees.map((count, i) => (i < input.sees.length - texts ? all : count)) }
        },
      })),
  ],
  [
    'the end of texts forgotten',
    'read',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          // A text that ends is read as one that begins instead.
          embedTokens: (ids) => base.embedTokens(ids.map((id) => (id === 381 ? 380 : id))),
        })),
      ),
  ],
  [
    'clean pictures at another timestep than 0',
    'edit-global',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedLatents: (latents, timestep, ids) => base.embedLatents(latents, timestep === 0 ? 1e-3 : timestep, ids),
        })),
      ),
  ],
  [
    'row and column of patch positions swapped',
    'read',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          embedPatches: (patches, ids) => base.embedPatches(patches, transposed(ids, 10n)),
        })),
      ),
  ],
  [
    'a mean instead of a draw from the autoencoder',
    'edit-global',
    () =>
      plant<typeof Graphs>('../graphs', (graphs) =>
        withMethods(graphs, (base) => ({
          encodePixels: async (pixels) => {
            const { mean } = await base.encodePixels(pixels)
            return { mean, logVariance: new Float32Array(mean.length).fill(Number.NEGATIVE_INFINITY) }
          },
        })),
      ),
  ],
]
