import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyValueCache } from './key-value-cache'

const layers = 2
const width = 3

/** New rows [layers, 2, rows, width] in which every number tells its row, layer and place. */
function newRows(first: number, rows: number): Float32Array {
  const values: number[] = []
  for (let buffer = 0; buffer < 2 * layers; buffer++) {
    for (let row = first; row < first + rows; row++) {
      for (let column = 0; column < width; column++) values.push(row * 100 + buffer * 10 + column)
    }
  }
  return Float32Array.from(values)
}

/** Names of the rows held, after seeing that all layers agree on them. */
function rowsOf(cache: KeyValueCache): number[] {
  const names: number[] = []
  for (let row = 0; row < cache.length; row++) {
    const seen = new Set<number>()
    for (let buffer = 0; buffer < 2 * layers; buffer++) {
      const { data, shape } = cache.past(buffer >> 1, buffer % 2 === 0 ? 'key' : 'value')
      expect(shape).toEqual([1, cache.length, width])
      for (let column = 0; column < width; column++) {
        seen.add((data[row * width + column]! - buffer * 10 - column) / 100)
      }
    }
    expect(seen.size).toBe(1)
    names.push(...seen)
  }
  return names
}

const command = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    rows: fc.integer({ min: 1, max: 400 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('truncate' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('keep' as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    mask: fc.array(fc.boolean()),
  }),
)

describe('the key-value cache', () => {
  it('holds what a plain list of rows would hold, through appends, cuts and compactions', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const cache = new KeyValueCache(layers, width)
        let model: number[] = []
        let next = 0
        for (const step of commands) {
          if (step.kind === 'append') {
            const count = Math.floor(step.rows * step.share)
            cache.append(newRows(next, step.rows), step.rows, count)
            model.push(...Array.from({ length: count }, (_, row) => next + row))
            next += step.rows
          } else if (step.kind === 'truncate') {
            model = model.slice(0, Math.floor(model.length * step.share))
            cache.truncate(model.length)
          } else {
            const from = Math.floor(model.length * step.share)
            const indices = model.slice(from).flatMap((_, index) => (step.mask[index % 8] === true ? [index] : []))
            model = [...model.slice(0, from), ...indices.map((index) => model[from + index]!)]
            cache.keepRows(from, indices)
          }
          expect(cache.length).toBe(model.length)
        }
        expect(rowsOf(cache)).toEqual(model)
      }),
      { numRuns: 60 },
    )
  })

  it('doubles its room and shows rows without a copy', () => {
    const cache = new KeyValueCache(layers, width)
    cache.append(newRows(0, 256), 256)
    expect(cache.capacity).toBe(256)
    const view = cache.past(1, 'value').data
    cache.truncate(10)
    expect(cache.past(1, 'value').data.buffer).toBe(view.buffer)
    cache.append(newRows(10, 300), 300)
    expect(cache.capacity).toBe(512)
    cache.append(newRows(310, 1000), 1000)
    expect(cache.capacity).toBe(2048)
    expect(rowsOf(cache)).toEqual(Array.from({ length: 1310 }, (_, row) => row))
  })

  it('refuses rows of another shape, and cuts and compactions that cannot be', () => {
    const cache = new KeyValueCache(layers, width)
    expect(() => cache.append(new Float32Array(5), 1)).toThrow(RangeError)
    cache.append(newRows(0, 4), 4)
    expect(() => cache.append(newRows(0, 4), 4, 5)).toThrow(RangeError)
    expect(() => cache.truncate(5)).toThrow(RangeError)
    for (const indices of [[1, 0], [0, 0], [2]]) expect(() => cache.keepRows(2, indices)).toThrow(RangeError)
    expect(() => cache.past(2, 'key')).toThrow(RangeError)
    expect(rowsOf(cache)).toEqual([0, 1, 2, 3])
  })
})
