import { describe, expect, it } from 'vitest'
import { ownGain, pixelAt, signedDifference, type Pixels, type Rgb } from './pixels'

const picture = (...values: readonly number[]): Pixels => ({
  width: values.length,
  height: 1,
  data: Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255])),
})
const colours: readonly [Rgb, Rgb, Rgb] = [
  [0, 0, 255],
  [100, 100, 100],
  [255, 128, 0],
]

describe('the signed difference of two pictures', () => {
  it('is grey where they agree, one colour where the other is darker and another where it is lighter', () => {
    const out = signedDifference(picture(50, 255, 0), picture(50, 0, 255), 1, colours)
    expect([...out]).toEqual([100, 100, 100, 255, 0, 0, 255, 255, 255, 128, 0, 255])
  })

  it('is brightened by the gain and never beyond full colour', () => {
    const faint = signedDifference(picture(10), picture(11), 1, colours)
    const strong = signedDifference(picture(10), picture(11), 64, colours)
    expect(strong[0]! - 100).toBeGreaterThan(30 * (faint[0]! - 100))
    expect([...signedDifference(picture(0), picture(255), 64, colours)].slice(0, 3)).toEqual([255, 128, 0])
  })
})

describe('the own gain of a difference', () => {
  it('brings its largest to full colour, and no more', () => {
    const [one, two] = [picture(10, 20, 30), picture(10, 23, 29)]
    const gain = ownGain(one, two)
    expect(gain).toBe(85)
    expect([...signedDifference(one, two, gain, colours)].slice(4, 7)).toEqual([255, 128, 0])
  })

  it('is 1 where there is no difference', () => expect(ownGain(picture(7), picture(7))).toBe(1))
})

describe('the pixel under the cursor', () => {
  it('is inside the picture at every edge', () => {
    const pixels = picture(1, 2, 3)
    expect(pixelAt(pixels, { x: 0, y: 0 })).toMatchObject({ column: 0, rgb: [1, 1, 1] })
    expect(pixelAt(pixels, { x: 1, y: 1 })).toMatchObject({ column: 2, row: 0, rgb: [3, 3, 3] })
  })
})
