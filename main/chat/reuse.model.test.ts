import { describe, expect, it } from 'vitest'
import { samplingSchema } from '../../contract/speculation'
import { ContextPool } from './context-pool'
import { seededNoise } from './noise-source'
import { bytesPerRow } from './row-store'
import { observe, tinyBagel } from './testing/scenario'
import { editTurn, picture, pictureOf, pool, prefillOf, run, says, textOf, turnWith } from './testing/turns'

describe('what was read is not read again', () => {
  it('where an answer is asked for anew, and the answer is the same', async () => {
    const kept = pool()
    const first = await run(turnWith(), { pool: kept })
    const again = await run(turnWith(), { pool: kept })
    expect(prefillOf(again)).toEqual({ rows: 0, reused: prefillOf(first).rows })
    expect(textOf(again)).toBe(textOf(first))
  })

  it('where a picture is drawn anew from another seed', async () => {
    const kept = pool()
    await run(editTurn(), { pool: kept })
    const other = await observe(editTurn({ sampling: samplingSchema.parse({ seed: 6 }) }), seededNoise(6), {
      pool: kept,
    })
    expect(prefillOf(other).rows).toBe(0)
    const fresh = await observe(editTurn({ sampling: samplingSchema.parse({ seed: 6 }) }), seededNoise(6))
    expect(pictureOf(other)).toEqual(pictureOf(fresh))
  })

  it('where a message is edited: only what comes after the common beginning is read', async () => {
    const kept = pool()
    const before = turnWith({ messages: [says('1', 'hello', [picture('a')]), says('2', 'Which colour?')] })
    const edited = turnWith({ messages: [says('1', 'hello', [picture('a')]), says('2', 'How many?')] })
    const first = await run(before, { pool: kept })
    const second = await run(edited, { pool: kept })
    const fresh = await run(edited)
    expect(prefillOf(second).reused).toBeGreaterThan(prefillOf(second).rows)
    expect(prefillOf(second).rows + prefillOf(second).reused).toBe(prefillOf(fresh).rows)
    expect(textOf(second)).toBe(textOf(fresh))
    // The other branch is here still.
    const back = await run(before, { pool: kept })
    expect(prefillOf(back).rows).toBe(0)
    expect(textOf(back)).toBe(textOf(first))
  })

  it('in the next turn: the answer that was written is there as well', async () => {
    const { tokenizer } = await tinyBagel()
    let whole = 0
    for (const words of [
      'Tell me a story.',
      'a small lighthouse',
      'Which colour?',
      'hello',
      'go',
      'the boat',
      'one',
      'two apples',
    ]) {
      const kept = pool()
      const question = says('1', words)
      const first = await run(turnWith({ messages: [question], maxTokens: 2 }), { pool: kept })
      const answer = textOf(first)
      const next = turnWith({ messages: [question, says('2', answer, [], 'assistant'), says('3', 'go on')] })
      const second = await run(next, { pool: kept })
      expect(textOf(second)).toBe(textOf(await run(next)))
      // Random weights write halves of characters, too: such an answer is read again.
      const isReadable = tokenizer.encodePart(answer).length === 2 && !answer.includes('\uFFFD')
      if (!isReadable) continue
      whole += 1
      expect(prefillOf(second).rows).toBe(tokenizer.encodePart('go on').length + 2)
    }
    expect(whole).toBeGreaterThan(0)
  })

  it('but is read again where it had to make room', async () => {
    const { folder } = await tinyBagel()
    const small = new ContextPool(70 * bytesPerRow(folder.facts))
    const first = await run(turnWith(), { pool: small })
    await run(turnWith({ messages: [says('1', 'something else', [picture('b')])] }), { pool: small })
    const again = await run(turnWith(), { pool: small })
    expect(prefillOf(again).reused).toBe(0)
    expect(textOf(again)).toBe(textOf(first))
  })
})
