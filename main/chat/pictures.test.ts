import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resample } from '../tensor/resample'
import { latentToTokens, patchesOf, positionIds, tokensToLatent } from './patches'
import { transformedSize } from './picture-size'
import { roundHalfEven } from '../tensor/round-half-even'
import { noiseBytes } from './testing/made-pictures'
import { unlikeSizes } from './testing/sizes'
import { uprightPicture } from './upright'

// What Pillow does: training/goldens/pillow_pictures.py.

interface Digest {
  readonly size: readonly [number, number]
  readonly sha256: string
}

const file = path.resolve(import.meta.dirname, '../../test-fixtures/goldens/pillow/pictures.json')
const goldens = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly resized: readonly (Digest & { readonly from: readonly [number, number] })[]
  readonly turned: readonly (Digest & { readonly orientation: number })[]
  readonly onWhite: Digest
}

function digest({ width, height, rgb }: { width: number; height: number; rgb: Uint8Array }): Digest {
  return { size: [width, height], sha256: createHash('sha256').update(rgb).digest('hex') }
}

describe('resizing gives the bytes of Pillow', () => {
  it.each(goldens.resized)('$from to $size', ({ from: [width, height], size, sha256 }) => {
    const rgb = noiseBytes(3 * width * height)
    expect(digest(resample({ width, height, rgb }, ...size, 'bicubic'))).toEqual({ size, sha256 })
  })

  it('leaves a picture of one colour as it is', () => {
    const side = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (width, height, toWidth, toHeight, level) => {
        const grey = { width, height, rgb: new Uint8Array(3 * width * height).fill(level) }
        const { rgb } = resample(grey, toWidth, toHeight, 'bicubic')
        expect([...rgb].every((value) => value === level)).toBe(true)
      }),
    )
  })
})

describe('a decoded picture', () => {
  it.each(goldens.turned)('is turned upright from orientation $orientation', ({ orientation, size, sha256 }) => {
    const picture = uprightPicture({ width: 5, height: 3, channels: 3, data: noiseBytes(45), orientation })
    expect(digest(picture)).toEqual({ size, sha256 })
  })

  it('is laid on white where it is transparent', () => {
    const data = noiseBytes(4 * 64 * 64)
    expect(digest(uprightPicture({ width: 64, height: 64, channels: 4, data }))).toEqual(goldens.onWhite)
  })

  it('is refused where bytes are missing', () => {
    expect(() => uprightPicture({ width: 5, height: 3, channels: 4, data: noiseBytes(45) })).toThrow('60 bytes, not 45')
  })
})

describe('the size that an encoder sees', () => {
  const vae = { maxSide: 1024, minSide: 512, stride: 16 }
  const vit = { maxSide: 980, minSide: 224, stride: 14 }

  it.each([
    [640, 480, 688, 512, 686, 518],
    [4000, 3000, 1024, 768, 980, 728],
    [1920, 1080, 1024, 576, 980, 546],
    [100, 100, 512, 512, 518, 518],
    [1000, 200, 1024, 208, 980, 196],
  ])('of %i x %i is %i x %i for the VAE and %i x %i for the ViT', (width, height, ...sizes) => {
    const encoded = transformedSize({ width, height }, vae)
    const seen = transformedSize(encoded, vit)
    expect([encoded.width, encoded.height, seen.width, seen.height]).toEqual(sizes)
  })

  it('is that of the official code for all of its recorded sizes', () => {
    expect(unlikeSizes()).toEqual([])
  })

  it('never leaves the table of positions', () => {
    const side = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(side, side, fc.constantFrom(vae, vit), (width, height, preset) => {
        const size = transformedSize({ width, height }, preset)
        for (const length of [size.width, size.height]) {
          expect(length % preset.stride).toBe(0)
          expect(length).toBeGreaterThanOrEqual(preset.stride)
          expect(length).toBeLessThanOrEqual(preset.maxSide)
        }
      }),
    )
  })

  it('rounds halves to the even number', () => {
    expect([0.5, 1.5, 2.5, 2.4, 2.6, 33.5].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3, 34])
    // 24 / 16 = 1.5 and 40 / 16 = 2.5 both become 2 strides.
    const preset = { maxSide: 1024, minSide: 8, stride: 16 }
    expect(transformedSize({ width: 24, height: 40 }, preset)).toEqual({ width: 32, height: 32 })
  })
})

describe('tokens', () => {
  it('of patches go by row, column and channel', () => {
    // Two patches of 2 x 2 side by side.
    const rgb = Uint8Array.from({ length: 24 }, (_, i) => i * 10)
    const patches = patchesOf({ width: 4, height: 2, rgb }, 2)
    const levels = [...patches].map((value) => Math.round((value + 1) * 127.5) / 10)
    expect(levels).toEqual([0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23])
  })

  it('have ids in the corner of the table', () => {
    expect([...positionIds(2, 3, 70)]).toEqual([0n, 1n, 2n, 70n, 71n, 72n])
  })

  it('of latents have the channel last, and come back', () => {
    const shape = { channels: 2, height: 2, width: 4, patch: 2 }
    const latent = Float32Array.from({ length: 16 }, (_, i) => i)
    const tokens = latentToTokens(latent, shape)
    expect([...tokens]).toEqual([0, 8, 1, 9, 4, 12, 5, 13, 2, 10, 3, 11, 6, 14, 7, 15])
    expect(tokensToLatent(tokens, shape)).toEqual(latent)
  })
})
