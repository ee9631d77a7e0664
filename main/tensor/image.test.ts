import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compositeThroughMask, imageToTensor, shrinkMask, tensorToImage } from './image'
import { float32 } from './tensor'

const picture = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height })
      .map((rgb) => ({ width, height, rgb })),
  )

describe('imageToTensor and tensorToImage', () => {
  it('bring every picture back unchanged', () => {
    fc.assert(
      fc.property(picture, (image) => {
        expect(tensorToImage(imageToTensor(image))).toEqual(image)
      }),
    )
  })

  it('put each colour in its own plane, black at -1 and white at 1', () => {
    const { shape, data } = imageToTensor({ width: 2, height: 1, rgb: Uint8Array.of(255, 0, 0, 255, 255, 0) })
    expect(shape).toEqual([1, 3, 1, 2])
    expect([...data]).toEqual([1, 1, -1, 1, -1, -1])
  })

  it('clamp what is out of range and round half to even', () => {
    const levels = Float32Array.of(-3, 0, 9)
    expect([...tensorToImage(float32([1, 3, 1, 1], levels)).rgb]).toEqual([0, 128, 255])
  })

  it('refuse a picture whose bytes do not fit its size', () => {
    expect(() => imageToTensor({ width: 2, height: 2, rgb: new Uint8Array(3) })).toThrow(RangeError)
    expect(() => tensorToImage(float32([1, 4, 1, 1]))).toThrow(RangeError)
  })
})

describe('shrinkMask', () => {
  it('takes the top left pixel of each cell when the size divides evenly', () => {
    const grey = Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0)
    expect([...shrinkMask({ width: 4, height: 2, grey }, 2, 1)]).toEqual([1, 0])
  })
})

describe('compositeThroughMask', () => {
  it('keeps the back where the mask is black and takes the front where it is white', () => {
    const front = { width: 3, height: 1, rgb: new Uint8Array(9).fill(200) }
    const back = { width: 3, height: 1, rgb: new Uint8Array(9).fill(100) }
    const out = compositeThroughMask(front, back, { width: 3, height: 1, grey: Uint8Array.of(0, 255, 51) })
    expect([...out.rgb]).toEqual([100, 100, 100, 200, 200, 200, 120, 120, 120])
  })
})
