import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OwnCachedGraph } from './cached-graph'
import { forwardResultOf, rowOutputs } from './forward-result'
import type { ForwardResult, LanguageModel, TargetSession } from './language-model'
import { prefill } from './prefill'
import { entropyOf, logProbabilityOf } from './row-statistics'
import { openTinyModel } from './testing/tiny-model'
import { topIndices } from './top-values'

const prompt = [40, 41, 42, 43, 44, 45, 46]
const wants = { logits: true, hidden: true }

function logitsOf(result: ForwardResult, row: number): Float32Array {
  return result.row(row).logits!
}

function expectClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(actual).toHaveLength(expected.length)
  const furthest = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0)
  expect(furthest).toBeLessThan(tolerance)
}

describe.each([
  ['float32', 1e-4],
  // One activation that rounds to the other of two int8 levels moves a logit by some hundredths.
  ['int4', 0.5],
  ['int8', 0.5],
])('our target in %s', (precision, tolerance) => {
  let model: LanguageModel
  let target: TargetSession
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await openTinyModel(precision)
    model = opened.model
    close = () => opened.sessions.releaseAll()
    target = await model.openTarget()
  })
  afterAll(() => close())

  it('answers with the top of its logits, ties to the lowest id, and with their sum', async () => {
    const result = await target.forward({ ids: prompt }, target.createCache(), wants)
    expect(result.rows).toBe(prompt.length)
    expect(result.hidden).toHaveLength(prompt.length * model.sizes.hidden)
    for (let index = 0; index < prompt.length; index++) {
      const row = result.row(index)
      expect(row.logits).toHaveLength(model.sizes.vocabulary)
      expect([...row.topIds]).toEqual([...topIndices(row.logits!, 64)])
      expect([...row.topValues]).toEqual([...row.topIds].map((id) => row.logits![id]))
      const mass = row.logits!.reduce((sum, _, id) => sum + Math.exp(logProbabilityOf(row, id)!), 0)
      expect(mass).toBeCloseTo(1, 5)
      expect(logProbabilityOf({ ...row, logits: null }, row.topIds[3]!)).toBe(logProbabilityOf(row, row.topIds[3]!))
      expect(entropyOf({ ...row, logits: null })).toBeLessThanOrEqual(entropyOf(row) + 1e-9)
    }
    expect(() => result.row(prompt.length)).toThrow(RangeError)
  })

  it('copies out only what is asked for', async () => {
    const result = await target.forward({ ids: prompt }, target.createCache())
    expect([result.hidden, result.row(0).logits]).toEqual([null, null])
  })

  it('says the same token by token as all at once', async () => {
    const whole = await target.forward({ ids: prompt }, target.createCache(), wants)
    const cache = target.createCache()
    for (const [index, id] of prompt.entries()) {
      const one = await target.forward({ ids: [id] }, cache, wants)
      expectClose(logitsOf(one, 0), logitsOf(whole, index), tolerance)
    }
    expect(cache.length).toBe(prompt.length)
  })

  it('gives the same bits for any two or more rows at a time, the ground of the lossless test', async () => {
    const whole = await target.forward({ ids: prompt }, target.createCache(), wants)
    const cache = target.createCache()
    for (const [index, id] of prompt.entries()) {
      const two = await target.forward({ ids: [id, 9] }, cache, wants)
      cache.truncate(index + 1)
      expect(logitsOf(two, 0)).toEqual(logitsOf(whole, index))
    }
  })

  it('gives the rows of a tree the bits that their paths get as chains, wherever the cache ends', async () => {
    const tree = [50, 51, 60, 52, 61, 70, 71, 53]
    const parents = [-1, 0, 0, 1, 2, 0, 5, 3]
    const path = [0, 1, 3, 7]
    const text = Array.from({ length: 300 }, (_, index) => 20 + ((index * 37) % 290))
    const cache = target.createCache()
    await target.forward({ ids: text }, cache)
    // Before and over the borders of vector registers and of the runs in which products add up.
    for (const past of [285, 253, 250, 64, 61, 16, 13, 1]) {
      cache.truncate(past)
      const branched = await target.forward({ ids: tree, parents }, cache, wants)
      cache.keepRows(past, path)
      const next = await target.forward({ ids: [80, 81] }, cache, wants)
      cache.truncate(past)
      const chain = await target.forward({ ids: path.map((node) => tree[node]!) }, cache, wants)
      path.forEach((node, depth) => expect(logitsOf(branched, node)).toEqual(logitsOf(chain, depth)))
      expect(logitsOf(next, 1)).toEqual(logitsOf(await target.forward({ ids: [80, 81] }, cache, wants), 1))
    }
  })

  it('reads a tree as it reads each of its paths, before and after the accepted one is kept', async () => {
    const tree = [50, 51, 60, 52, 61]
    const parents = [-1, 0, 0, 1, 2]
    const cache = target.createCache()
    await target.forward({ ids: prompt }, cache)
    const branched = await target.forward({ ids: tree, parents }, cache, wants)
    for (const [nodes, ids] of [
      [
        [0, 1, 3],
        [50, 51, 52],
      ],
      [
        [0, 2, 4],
        [50, 60, 61],
      ],
    ] as const) {
      const straight = target.createCache()
      const chain = await target.forward({ ids: [...prompt, ...ids] }, straight, wants)
      nodes.forEach((node, depth) => {
        expectClose(logitsOf(branched, node), logitsOf(chain, prompt.length + depth), tolerance)
      })
    }
    cache.keepRows(prompt.length, [0, 2, 4])
    expect(cache.length).toBe(prompt.length + 3)
    const next = await target.forward({ ids: [70, 71] }, cache, wants)
    const fresh = await target.forward({ ids: [...prompt, 50, 60, 61, 70, 71] }, target.createCache(), wants)
    expectClose(logitsOf(next, 1), logitsOf(fresh, prompt.length + 4), tolerance)
  })

  it('gives the same bits as its lower and upper half in turn', async () => {
    const lower = await model.openGraph('lower')
    const upper = await model.openGraph('upper')
    expect([lower.cacheLayers, upper.cacheLayers]).toEqual([model.sizes.exitLayers, 4 - model.sizes.exitLayers])
    const [caches, cache] = [[lower.createCache(), upper.createCache()] as const, target.createCache()]
    for (const ids of [prompt, [50, 51], [52, 53, 54]]) {
      const { float } = await lower.run({ ids }, caches[0], ['exit_hidden'])
      const outputs = await upper.run({ hidden: float('exit_hidden') }, caches[1], [...rowOutputs, 'logits'])
      const halves = forwardResultOf(outputs, { logits: true })
      const whole = await target.forward({ ids }, cache, wants)
      for (let row = 0; row < ids.length; row++) expect(logitsOf(halves, row)).toEqual(logitsOf(whole, row))
    }
    expect(caches.map(({ length }) => length)).toEqual([12, 12])
  })

  it('reads a long prompt in chunks, and stops between them', async () => {
    const long = Array.from({ length: 257 }, (_, index) => 20 + ((index * 37) % 290))
    const starts: number[] = []
    const cache = target.createCache()
    const row = await prefill(target, cache, long, {
      wants: { logits: true },
      onChunk: ({ rows }, start) => void starts.push(start, rows),
    })
    expect(starts).toEqual([0, 128, 128, 129])
    expect(cache.length).toBe(257)
    const whole = await target.forward({ ids: long }, target.createCache(), wants)
    expectClose(row!.logits!, logitsOf(whole, 256), tolerance)
    let asked = 0
    const cut = target.createCache()
    expect(await prefill(target, cut, long, { isCancelled: () => asked++ > 0 })).toBeNull()
    expect(cut.length).toBe(128)
  })

  it('refuses a position beyond its context', async () => {
    const cache = target.createCache()
    await expect(target.forward({ ids: [5], positions: [model.sizes.contextLength] }, cache)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'prompt' },
    })
    expect(cache.length).toBe(0)
  })
})

describe('the drafters of the fixture', () => {
  it('run through CachedGraph with what docs/graphs.md lists', async () => {
    const { model, sessions } = await openTinyModel()
    const target = await model.openTarget()
    const { hidden } = await target.forward({ ids: prompt }, target.createCache(), wants)
    const last = hidden!.subarray(-model.sizes.hidden)
    const tops = ['top_values', 'top_ids']

    const draft = await model.openGraph('draft')
    const cache = draft.createCache()
    const drafted = await draft.run({ ids: prompt }, cache, [...tops, 'vocabulary_ids'])
    expect([draft.topCount, cache.length, drafted.rows]).toEqual([10, 7, 7])
    expect(drafted.ints('vocabulary_ids')).toHaveLength(model.sizes.draftVocabulary)
    expect(() => drafted.float('logits')).toThrow('was not asked for')

    const medusa = await model.openGraph('medusa')
    const heads = await medusa.run({ hidden: last }, null, tops)
    expect(heads.shape('top_ids')).toEqual([4, 10])

    const mtp = await model.openGraph('mtp')
    const next = await mtp.run({ ids: [...prompt.slice(1), 50], hidden: hidden! }, mtp.createCache(), ['hidden_out'])
    expect(next.shape('hidden_out')).toEqual([1, 7, model.sizes.hidden])
    const remembered = mtp.createCache()
    const request = { ids: [...prompt.slice(1), 50], hidden: hidden!, answered: 2 }
    const answers = await mtp.run(request, remembered, ['hidden_out'])
    expect([answers.rows, remembered.length]).toEqual([2, 7])
    expect(answers.float('hidden_out')).toEqual(next.float('hidden_out').subarray(5 * model.sizes.hidden))

    const parallel = await model.openGraph('mtp-parallel')
    const rows = await parallel.run({ hidden: hidden! }, parallel.createCache(), tops)
    expect([parallel.cacheLayers, ...rows.shape('top_ids')]).toEqual([4, 4, 7, 10])

    const exit = await model.openGraph('early-exit')
    expect((await exit.run({ hidden: last }, null, tops)).shape('top_ids')).toEqual([1, 1, 10])
    await expect(draft.run({ ids: [5] }, parallel.createCache(), tops)).rejects.toThrow('needs a cache that it made')
    await expect(mtp.run({ ids: [5], hidden: hidden! }, mtp.createCache(), tops)).rejects.toThrow('1 ids and 7 rows')
    expect(draft).toBeInstanceOf(OwnCachedGraph)
    await sessions.releaseAll()
  })
})
