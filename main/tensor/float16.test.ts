import { describe, expect, it } from 'vitest'
import { float16To32, float32To16, fromFloat16, toFloat16 } from './float16'

describe('float16', () => {
  it('gives back all 65,536 halves after a round trip', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits)
    const back = float32To16(float16To32(halves))
    for (let bits = 0; bits < 65536; bits++) {
      const isNaNBits = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0
      if (isNaNBits) expect(Number.isNaN(fromFloat16(back[bits]!))).toBe(true)
      else if (back[bits] !== bits) expect.fail(`0x${bits.toString(16)} became 0x${back[bits]!.toString(16)}`)
    }
  })

  it('rounds to the nearest half between every two neighbours, and ties to the even one', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = fromFloat16(bits)
      const high = fromFloat16(bits + 1)
      const middle = (low + high) / 2
      const even = bits % 2 === 0 ? bits : bits + 1
      const quarter = (high - low) / 4
      if (
        toFloat16(middle) !== even ||
        toFloat16(middle - quarter) !== bits ||
        toFloat16(middle + quarter) !== bits + 1 ||
        toFloat16(-middle) !== (even | 0x8000)
      ) {
        expect.fail(`between 0x${bits.toString(16)} and its neighbour`)
      }
    }
  })

  it.each([
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [1e30, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [1e-30, 0x0000],
    [-0, 0x8000],
    [1e-45, 0x0000],
  ])('rounds %d to 0x%s at the ends of the range', (value, bits) => {
    expect(toFloat16(value)).toBe(bits)
  })

  it('keeps NaN', () => {
    expect(fromFloat16(toFloat16(NaN))).toBeNaN()
  })

  it('writes into the given array', () => {
    const target = new Uint16Array(2)
    expect(float32To16(Float32Array.of(1, -2), target)).toBe(target)
    expect([...target]).toEqual([0x3c00, 0xc000])
  })
})
