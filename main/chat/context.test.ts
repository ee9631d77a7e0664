import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Context } from './context'
import { ContextPool } from './context-pool'
import { bytesPerRow } from './row-store'
import { chainsOf } from './transcript'

const sizes = { layers: 2, keyValueHeads: 1, headSize: 2 }

/** Rows that all hold one number, so that they can be told apart. */
function rowsOf(value: number, rows: number): (layer: number, kind: 'k' | 'v') => Float32Array {
  return (layer, kind) => new Float32Array(rows * 2).fill(value + layer * 1000 + (kind === 'k' ? 0 : 0.5))
}

/** What a context holds in one layer, a number for each row. */
function valuesOf(context: Context, layer = 1, kind: 'k' | 'v' = 'v'): number[] {
  const { data } = context.store.past(layer, kind, context.length)
  return [...data].filter((_, i) => i % 2 === 0).map((value) => value - layer * 1000 - (kind === 'k' ? 0 : 0.5))
}

function readBlock(context: Context, value: number, rows: number): void {
  context.append(rows, rowsOf(value, rows))
  context.close('text', rows, String(value))
}

describe('a context', () => {
  it('counts rows and positions by block: a picture moves the position on by one', () => {
    const context = new Context(sizes)
    context.append(12, rowsOf(1, 12))
    context.close('text', 12, 'system')
    context.append(50, rowsOf(2, 50))
    context.close('vae', 1, 'picture')
    context.append(37, rowsOf(3, 37))
    context.close('vit', 1, 'picture')
    context.append(13, rowsOf(4, 13))
    context.close('text', 13, 'words')
    const ends = [1, 2, 3, 4].map((count) => context.view(count)).map(({ length, rope }) => [length, rope])
    expect(ends).toEqual([
      [12, 12],
      [62, 13],
      [99, 14],
      [112, 27],
    ])
  })

  it('is the same however it was forked, cut and written before', () => {
    interface Model {
      readonly context: Context
      blocks: { value: number; rows: number }[]
    }
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), which: fc.nat(5), rows: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ kind: fc.constant('fork' as const), which: fc.nat(5), rows: fc.nat(5) }),
      fc.record({ kind: fc.constant('truncate' as const), which: fc.nat(5), rows: fc.nat(5) }),
      fc.record({ kind: fc.constant('scratch' as const), which: fc.nat(5), rows: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ kind: fc.constant('release' as const), which: fc.nat(5), rows: fc.nat(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const models: Model[] = [{ context: new Context(sizes), blocks: [] }]
        steps.forEach(({ kind, which, rows }, value) => {
          const model = models[which % models.length]!
          const { context, blocks } = model
          if (kind === 'append') {
            readBlock(context, value, rows)
            model.blocks = [...blocks, { value, rows }]
          } else if (kind === 'scratch') {
            // Rows of an answer that is dropped again.
            context.append(rows, rowsOf(-1, rows))
            context.dropOpenRows()
          } else if (kind === 'release') {
            context.release()
            model.blocks = []
          } else {
            const count = rows % (blocks.length + 1)
            if (kind === 'fork') models.push({ context: context.fork(count), blocks: blocks.slice(0, count) })
            else {
              context.truncate(count)
              model.blocks = blocks.slice(0, count)
            }
          }
        })
        for (const { context, blocks } of models) {
          expect(valuesOf(context)).toEqual(blocks.flatMap(({ value, rows }) => new Array<number>(rows).fill(value)))
          const chain = chainsOf(blocks.map(({ value }) => ({ kind: 'text' as const, content: String(value) })))
          expect(context.blocks.map((block) => block.chain)).toEqual(chain)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('shares rows with its fork until one of the two is written to', () => {
    const context = new Context(sizes)
    readBlock(context, 1, 10)
    readBlock(context, 2, 10)
    const fork = context.fork(1)
    expect(fork.store).toBe(context.store)
    readBlock(fork, 3, 5)
    expect(fork.store).not.toBe(context.store)
    expect(valuesOf(context)).toEqual([...new Array<number>(10).fill(1), ...new Array<number>(10).fill(2)])
  })

  it('shows the first blocks without a copy', () => {
    const context = new Context(sizes)
    readBlock(context, 1, 10)
    readBlock(context, 2, 10)
    const whole = context.store.past(0, 'k', 20).data
    const first = context.store.past(0, 'k', context.view(1).length).data
    expect(first.buffer).toBe(whole.buffer)
    expect([...first]).toEqual([...whole.subarray(0, 20)])
  })

  it('grows in place once room was made', () => {
    const context = new Context(sizes)
    context.reserve(300)
    const { buffer } = context.store.past(0, 'k', 0).data
    for (let block = 0; block < 3; block++) readBlock(context, block, 100)
    expect(context.store.past(0, 'k', 300).data.buffer).toBe(buffer)
    expect(context.store.bytes).toBe(300 * bytesPerRow(sizes))
  })
})

describe('the pool', () => {
  const chain = (...values: number[]): string[] =>
    chainsOf(values.map((value) => ({ kind: 'text' as const, content: String(value) })))
  const filled = (pool: ContextPool, ...values: number[]): void => {
    const context = new Context(sizes)
    for (const value of values) readBlock(context, value, 10)
    pool.put('m', context)
  }

  it('gives the longest common beginning, and no rows of another model', () => {
    const pool = new ContextPool(Number.POSITIVE_INFINITY)
    filled(pool, 1, 2)
    filled(pool, 1, 2, 3, 4)
    filled(pool, 9)
    const context = pool.take('m', chain(1, 2, 3, 5), sizes, 0)
    expect(context.blocks).toHaveLength(3)
    expect(pool.take('other', chain(1, 2), sizes, 0).blocks).toHaveLength(0)
  })

  it('keeps the other branch where there is room, and cuts it where there is none', () => {
    const roomy = new ContextPool(Number.POSITIVE_INFINITY)
    filled(roomy, 1, 2, 3)
    readBlock(roomy.take('m', chain(1, 2, 4), sizes, 0), 4, 10)
    expect(roomy.find('m', chain(1, 2, 3))).toBe(3)
    const tight = new ContextPool(64 * bytesPerRow(sizes))
    filled(tight, 1, 2, 3)
    expect(tight.take('m', chain(1, 2, 4), sizes, 40 * bytesPerRow(sizes)).blocks).toHaveLength(2)
    expect(tight.find('m', chain(1, 2, 3))).toBe(0)
  })

  it('gives up the contexts that were not used for the longest time', () => {
    const pool = new ContextPool(130 * bytesPerRow(sizes))
    filled(pool, 1)
    filled(pool, 2)
    const used = pool.take('m', chain(1), sizes, 0)
    pool.put('m', used)
    filled(pool, 3)
    expect([1, 2, 3].map((value) => pool.find('m', chain(value)))).toEqual([1, 0, 1])
    expect(pool.bytes).toBeLessThanOrEqual(130 * bytesPerRow(sizes))
  })

  it('never hands out other rows than those that were read', () => {
    const turn = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 20 }), fc.integer({ min: 60, max: 400 }), (turns, rows) => {
        const pool = new ContextPool(rows * bytesPerRow(sizes))
        for (const values of turns) {
          const context = pool.take('m', chain(...values), sizes, values.length * 10 * bytesPerRow(sizes))
          values.slice(context.blocks.length).forEach((value) => readBlock(context, value, 10))
          expect(valuesOf(context)).toEqual(values.flatMap((value) => new Array<number>(10).fill(value)))
          pool.put('m', context)
          expect(pool.bytes).toBeLessThanOrEqual(rows * bytesPerRow(sizes))
        }
      }),
    )
  })
})
