import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stubSession } from '../images/testing/stub-session'
import type { LanguageModel, TargetSession } from './language-model'
import { PresentCache } from './present-cache'
import { StandardTarget } from './standard-target'
import { openTinyModel, tinyStandardFolder } from './testing/tiny-model'

const prompt = [40, 41, 42, 43, 44, 45, 46]

describe('a transformers.js-style target', () => {
  let model: LanguageModel
  let target: TargetSession
  let own: TargetSession
  let close: () => Promise<unknown>
  beforeAll(async () => {
    const standard = await openTinyModel(undefined, tinyStandardFolder)
    const ours = await openTinyModel('float32')
    model = standard.model
    target = await model.openTarget()
    own = await ours.model.openTarget()
    close = () => Promise.all([standard.sessions.releaseAll(), ours.sessions.releaseAll()])
  })
  afterAll(() => close())

  async function expectSameAsOwn(history: readonly number[], logits: Float32Array): Promise<void> {
    const result = await own.forward({ ids: history }, own.createCache(), { logits: true })
    const expected = result.row(history.length - 1).logits!
    // The fixture keeps its weights in half precision: one part in two thousand.
    logits.forEach((logit, id) => expect(Math.abs(logit - expected[id]!)).toBeLessThan(0.03))
  }

  it('says what our graph of the same weights says, through cuts and compactions', async () => {
    const cache = target.createCache()
    const first = await target.forward({ ids: prompt }, cache)
    await expectSameAsOwn(prompt, first.row(6).logits!)
    const drafted = await target.forward({ ids: [50, 51, 52], parents: [-1, 0, 1] }, cache)
    await expectSameAsOwn([...prompt, 50, 51, 52], drafted.row(2).logits!)
    cache.truncate(8)
    const corrected = await target.forward({ ids: [60, 61, 62] }, cache)
    await expectSameAsOwn([...prompt, 50, 60, 61, 62], corrected.row(2).logits!)
    cache.keepRows(8, [0, 1])
    cache.truncate(9)
    const last = await target.forward({ ids: [70] }, cache)
    await expectSameAsOwn([...prompt, 50, 60, 70], last.row(0).logits!)
    expect(cache.length).toBe(10)
  })

  it('reads chains only, as far as its context', async () => {
    expect([target.trees, target.hasHidden]).toEqual([false, false])
    await expect(target.forward({ ids: [5, 6, 7], parents: [-1, 0, 0] }, target.createCache())).rejects.toThrow(
      RangeError,
    )
    const tooLong = new Array<number>(model.sizes.contextLength + 1).fill(5)
    await expect(target.forward({ ids: tooLong }, target.createCache())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

describe('inputs of other exports', () => {
  const past = 'past_key_values.0.key'
  const inputs = [
    ['input_ids', 'int64', ['batch', 'rows']],
    ['use_cache_branch', 'bool', [1]],
    ['num_logits_to_keep', 'int64', []],
    [past, 'float16', ['batch', 1, 'past', 2]],
  ] as const
  const sizes = {
    layers: 1,
    hidden: 2,
    keyValueWidth: 2,
    vocabulary: 2,
    contextLength: 9,
    exitLayers: 0,
    draftVocabulary: 0,
  }

  it('are fed where they are declared: all rows of logits, half precision, the branch for a past', async () => {
    const fed: unknown[] = []
    const session = stubSession('target', inputs, [], (feeds) => {
      const rows = feeds['input_ids']!.shape[1]!
      const held = feeds[past]!.shape[2]!
      fed.push([...feeds['use_cache_branch']!.data, ...feeds['num_logits_to_keep']!.data, held, feeds[past]!.dtype])
      const all = Uint16Array.from({ length: 2 * (held + rows) }, (_, index) => index)
      return {
        logits: { dtype: 'float16', shape: [1, rows, 2], data: new Uint16Array(2 * rows).fill(0x3c00) },
        'present.0.key': { dtype: 'float16', shape: [1, 1, held + rows, 2], data: all },
      }
    })
    const target = new StandardTarget(session, sizes)
    const cache = target.createCache()
    const result = await target.forward({ ids: [0, 1, 1] }, cache)
    expect([...result.row(2).logits!]).toEqual([1, 1])
    cache.truncate(2)
    await target.forward({ ids: [1] }, cache)
    expect(fed).toEqual([
      [0, 0n, 0, 'float16'],
      [1, 0n, 2, 'float16'],
    ])
  })

  it('are refused by name where nobody knows them', () => {
    const session = stubSession('target', [...inputs, ['pixel_values', 'float32', [1]]], [])
    expect(() => new StandardTarget(session, sizes)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('"pixel_values"') }),
    )
  })

  it('keep the rows of every head together', () => {
    const cache = new PresentCache([{ name: past, dtype: 'float32', shape: ['batch', 2, 'past', 1] }])
    expect(cache.past(0).shape).toEqual([1, 2, 0, 1])
    cache.replace([{ dtype: 'float32', shape: [1, 2, 4, 1], data: Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13) }], 4)
    cache.keepRows(1, [1, 2])
    expect([...cache.past(0).data]).toEqual([0, 2, 3, 10, 12, 13])
    cache.truncate(2)
    expect([...cache.past(0).data]).toEqual([0, 2, 10, 12])
    expect(() => cache.truncate(3)).toThrow(RangeError)
    expect(() => cache.keepRows(0, [2])).toThrow(RangeError)
    expect(() => cache.past(1)).toThrow(RangeError)
  })
})
