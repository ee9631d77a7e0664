import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { preparePicture, type PictureInput, type Placing } from './picture-input'

const plain: Omit<PictureInput, 'placing'> = {
  filter: 'bilinear',
  antialias: true,
  channelOrder: 'RGB',
  scale: 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
}

function grey(width: number, height: number, level = 100) {
  return { width, height, rgb: new Uint8Array(3 * width * height).fill(level) }
}

describe('a picture on its way to a network', () => {
  // transformers' get_size_with_aspect_ratio and YOLOS' with multiples of 16.
  it.each([
    [640, 480, 800, 1333, 1, 1066, 800],
    [480, 640, 800, 1333, 1, 800, 1066],
    [2000, 500, 800, 1333, 1, 1333, 333],
    [800, 800, 800, 1333, 1, 800, 800],
    [1000, 800, 800, 1333, 1, 1000, 800],
    [640, 480, 512, 1333, 16, 672, 512],
  ])('of %i × %i with a shortest side of %i, a longest of %i and multiples of %i becomes %i × %i', (...sides) => {
    const [width, height, shortest, longest, multiple, toWidth, toHeight] = sides
    const placing: Placing = { mode: 'fit', shortest, longest, multiple }
    const { pixels } = preparePicture(grey(width, height), { ...plain, placing })
    expect(pixels.shape).toEqual([1, 3, toHeight, toWidth])
  })

  it('has its corners back where they were, whatever its shape', () => {
    const side = fc.integer({ min: 1, max: 90 })
    const placing = fc.constantFrom<Placing>(
      { mode: 'stretch', width: 32, height: 48 },
      { mode: 'letterbox', width: 64, height: 64, fill: 114, align: 'centre' },
      { mode: 'letterbox', width: 64, height: 64, fill: 114, align: 'corner' },
      { mode: 'fit', shortest: 24, longest: 40, multiple: 1 },
    )
    fc.assert(
      fc.property(side, side, placing, (width, height, how) => {
        const { pixels, toPicture } = preparePicture(grey(width, height), { ...plain, placing: how })
        const isBar = (value: number): boolean => Math.abs(value - 114 / 255) < 1e-6
        const [, , rows, columns] = pixels.shape as [number, number, number, number]
        const inside = (x: number, y: number): boolean => !isBar(pixels.data[y * columns + x]!)
        const cells = Array.from(
          { length: rows * columns },
          (_, place) => [place % columns, Math.floor(place / columns)] as const,
        )
        const there = cells.filter(([x, y]) => inside(x, y))
        const [left, right] = [Math.min(...there.map(([x]) => x)), Math.max(...there.map(([x]) => x)) + 1]
        const [top, bottom] = [Math.min(...there.map(([, y]) => y)), Math.max(...there.map(([, y]) => y)) + 1]
        const { scaleX, scaleY, offsetX, offsetY } = toPicture
        // A bar begins at a whole pixel of the network; the picture's edge may lie between two.
        expect(Math.abs(left * scaleX + offsetX)).toBeLessThanOrEqual(0.51 * scaleX)
        expect(Math.abs(top * scaleY + offsetY)).toBeLessThanOrEqual(0.51 * scaleY)
        expect(Math.abs(right * scaleX + offsetX - width)).toBeLessThanOrEqual(1.01 * scaleX)
        expect(Math.abs(bottom * scaleY + offsetY - height)).toBeLessThanOrEqual(1.01 * scaleY)
      }),
    )
  })

  it('is normalised by channel, in the order that the network reads', () => {
    const image = { width: 1, height: 1, rgb: Uint8Array.of(10, 20, 30) }
    const placing: Placing = { mode: 'stretch', width: 1, height: 1 }
    const values = (change: Partial<PictureInput>) => [
      ...preparePicture(image, { ...plain, placing, ...change }).pixels.data,
    ]
    expect(values({ scale: 1 })).toEqual([10, 20, 30])
    expect(values({ scale: 1, channelOrder: 'BGR' })).toEqual([30, 20, 10])
    expect(values({ scale: 10, mean: [1, 1, 1], std: [1, 2, 4] })).toEqual([0, 0.5, 0.5])
  })

  it('that was shrunk already has its corners where those of the picture itself are', () => {
    const input: PictureInput = { ...plain, placing: { mode: 'stretch', width: 32, height: 32 } }
    const { pixels, toPicture } = preparePicture(grey(32, 32), input, { width: 640, height: 320 })
    expect(pixels.shape).toEqual([1, 3, 32, 32])
    expect(toPicture).toMatchObject({ scaleX: 20, scaleY: 10, width: 640, height: 320 })
  })
})
