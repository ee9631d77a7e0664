import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBlocks, isBlockReadable } from './block-values'

const reference = JSON.parse(readFileSync('test-fixtures/inspect/gguf-blocks.json', 'utf8')) as Record<
  string,
  { blocks: string; values: number[] }
>

describe('values in blocks', () => {
  it.each(Object.entries(reference))('of %s are those that GGUF’s own package reads', (dtype, { blocks, values }) => {
    const bytes = Buffer.from(blocks, 'base64')
    const readBytes = (start: number, length: number) => bytes.subarray(start, start + length)
    const read = decodeBlocks(dtype, readBytes, 0, values.length)
    expect(read).toHaveLength(values.length)
    // The reference computes in float32: differences of products of scales lose a few of its bits.
    const largest = Math.max(...values.map(Math.abs))
    read.forEach((value, index) => expect(Math.abs(value - values[index]!)).toBeLessThan(2e-6 * largest))
    // Any part of them, across blocks.
    const middle = Math.floor(values.length / 3) - 7
    expect([...decodeBlocks(dtype, readBytes, middle, 20)]).toEqual([...read.subarray(middle, middle + 20)])
    // No more than there are.
    expect(decodeBlocks(dtype, readBytes, values.length - 5, 20)).toHaveLength(5)
  })

  it('of other types are not', () => {
    expect(isBlockReadable('iq2_xs')).toBe(false)
    expect(() => decodeBlocks('iq2_xs', () => new Uint8Array(), 0, 1)).toThrow(RangeError)
  })
})
