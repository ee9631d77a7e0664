import { beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { prefill } from '../text/prefill'
import { KeptPrompt } from './kept-prompt'
import type { StrategyParts } from './open-strategy'
import { openTinyModel } from './testing/tiny-model'

let parts: StrategyParts
beforeAll(async () => {
  parts = await openTinyModel('float32')
})

const token = fc.integer({ min: 3, max: 319 })
/** Prompts of which each begins with some of the one before, as the turns of a conversation do and its branches. */
const prompts = fc
  .array(
    fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      fresh: fc.array(token, { minLength: 1, maxLength: 40 }),
    }),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((turns) => {
    let last: number[] = []
    return turns.map(({ share, fresh }) => (last = [...last.slice(0, Math.floor(share * last.length)), ...fresh]))
  })

describe('rows kept of a conversation', () => {
  it('answer as if every prompt had been read anew, with hidden states where they are wanted', async () => {
    const target = await parts.model.openTarget()
    await fc.assert(
      fc.asyncProperty(prompts, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), async (turns, wanted) => {
        const kept = new KeptPrompt()
        for (const [index, tokens] of turns.entries()) {
          const wantsHidden = wanted[index] === true
          const read = await kept.read(target, tokens, { key: 'k', wantsHidden, isCancelled: () => false })
          expect(read?.cache.length).toBe(tokens.length - 1)
          const fresh = target.createCache()
          await prefill(target, fresh, tokens.slice(0, -1))
          const last = { ids: [tokens.at(-1)!] }
          const [own, other] = [await target.forward(last, read!.cache), await target.forward(last, fresh)]
          expect([...own.row(0).topIds.slice(0, 3)]).toEqual([...other.row(0).topIds.slice(0, 3)])
          expect(own.row(0).topValues[0]).toBeCloseTo(other.row(0).topValues[0]!, 3)
          expect(read!.hidden?.rows ?? null).toBe(wantsHidden ? tokens.length - 1 : null)
          if (wantsHidden) expect(read!.hidden!.values.length).toBe((tokens.length - 1) * parts.model.sizes.hidden)
          kept.wrote(tokens)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('are of no use to another model, and are gone once cleared', async () => {
    const target = await parts.model.openTarget()
    const kept = new KeptPrompt()
    const tokens = [5, 6, 7, 8]
    const read = (key: string) => kept.read(target, tokens, { key, wantsHidden: false, isCancelled: () => false })
    expect((await read('one'))?.reusedRows).toBe(0)
    expect((await read('one'))?.reusedRows).toBe(3)
    expect((await read('two'))?.reusedRows).toBe(0)
    kept.clear()
    expect((await read('two'))?.reusedRows).toBe(0)
  })

  it('that were read until a stop count for the next try', async () => {
    const target = await parts.model.openTarget()
    const kept = new KeptPrompt()
    const tokens = Array.from({ length: 300 }, (_, place) => 3 + ((place * 7) % 300))
    let asked = 0
    const stopped = await kept.read(target, tokens, {
      key: 'k',
      wantsHidden: false,
      isCancelled: () => (asked += 1) > 1,
    })
    expect(stopped).toBeNull()
    const read = await kept.read(target, tokens, { key: 'k', wantsHidden: false, isCancelled: () => false })
    expect(read?.reusedRows).toBeGreaterThanOrEqual(128)
    expect(read?.cache.length).toBe(299)
  })
})
