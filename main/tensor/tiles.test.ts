import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runInTiles, type Planes } from './tiles'

/** A network without a neighbourhood: every input pixel becomes a block of equal pixels. */
function enlarge(scale: number) {
  return async ({ data, channels, height, width }: Planes): Promise<Planes> => {
    const out = new Float32Array(channels * height * width * scale * scale)
    for (let i = 0; i < out.length; i++) {
      const x = i % (width * scale)
      const row = Math.floor(i / (width * scale))
      out[i] = data[Math.floor(row / scale) * width + Math.floor(x / scale)]!
    }
    return { data: out, channels, height: height * scale, width: width * scale }
  }
}

const planes = fc
  .record({
    channels: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 4, max: 40 }),
    width: fc.integer({ min: 4, max: 40 }),
  })
  .map((size): Planes => {
    const data = Float32Array.from({ length: size.channels * size.height * size.width }, (_, i) => Math.sin(i))
    return { data, ...size }
  })

describe('runInTiles', () => {
  it('leaves no trace of the tiles where the network looks at one pixel at a time', async () => {
    await fc.assert(
      fc.asyncProperty(planes, fc.constantFrom(8, 12, 16), fc.constantFrom(1, 4), async (input, side, scale) => {
        const tiled = await runInTiles(input, side, scale, enlarge(scale))
        const whole = await enlarge(scale)(input)
        expect({ ...tiled, data: null }).toEqual({ ...whole, data: null })
        const worst = tiled.data.reduce((most, value, i) => Math.max(most, Math.abs(value - whole.data[i]!)), 0)
        expect(worst).toBeLessThan(1e-5)
      }),
      { numRuns: 40 },
    )
  })

  it('shrinks as well', async () => {
    const input: Planes = { data: new Float32Array(3 * 64 * 96).fill(0.5), channels: 3, height: 64, width: 96 }
    const run = async ({ height, width }: Planes): Promise<Planes> => {
      const size = { channels: 2, height: height / 8, width: width / 8 }
      return { data: new Float32Array(2 * size.height * size.width).fill(1), ...size }
    }
    const out = await runInTiles(input, 32, 1 / 8, run)
    expect(out).toMatchObject({ channels: 2, height: 8, width: 12 })
    expect(new Set(out.data)).toEqual(new Set([1]))
  })

  it('never runs the network on more than a tile', async () => {
    const sizes: number[] = []
    const input: Planes = { data: new Float32Array(50 * 50), channels: 1, height: 50, width: 50 }
    await runInTiles(input, 16, 2, (tile) => {
      sizes.push(tile.height, tile.width)
      return enlarge(2)(tile)
    })
    expect(Math.max(...sizes)).toBe(16)
  })

  it('fades from one tile to the next', async () => {
    let count = 0
    const input: Planes = { data: new Float32Array(28 * 16), channels: 1, height: 16, width: 28 }
    const out = await runInTiles(input, 16, 1, async (tile) => {
      const value = count++
      return { ...tile, data: new Float32Array(tile.data.length).fill(value) }
    })
    expect([...out.data.subarray(10, 18)]).toEqual([0, 0, 0, 0.25, 0.5, 0.75, 1, 1])
  })
})
