import { describe, expect, it } from 'vitest'
import { classStyle, dashArray } from './class-style'
import { rampColor } from './ramp'

describe('the look of a class', () => {
  it('differs from that of every other among the first 32', () => {
    const looks = Array.from({ length: 32 }, (_, classId) => JSON.stringify(classStyle(classId)))
    expect(new Set(looks).size).toBe(32)
  })

  it('is a whole line for the first eight, and broken after', () => {
    expect(dashArray(classStyle(7).dash)).toBeUndefined()
    expect(classStyle(8)).toEqual({ color: 'var(--c1)', dash: 'dashed' })
  })
})

describe('the ramp', () => {
  it('goes from its first colour to its last, and keeps to them beyond', () => {
    expect(rampColor(0)).toEqual([0x00, 0x22, 0x4e])
    expect(rampColor(1)).toEqual([0xfd, 0xea, 0x45])
    expect(rampColor(-1)).toEqual(rampColor(0))
    expect(rampColor(2)).toEqual(rampColor(1))
  })

  it('grows brighter at every step', () => {
    const light = Array.from({ length: 41 }, (_, index) => {
      const [red, green, blue] = rampColor(index / 40)
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    })
    light.slice(1).forEach((value, index) => expect(value).toBeGreaterThan(light[index]!))
  })
})
