import { describe, expect, it } from 'vitest'
import { FixedPlan } from './draft-plan'
import { chainOf } from './draft-tree'
import type { DraftContext } from './strategy'
import { DraftModelStrategy } from './strategies/draft-model'
import { MtpStrategy } from './strategies/mtp'
import { PlainStrategy } from './strategies/plain'
import { MadeUpStrategy } from './testing/made-up-strategy'
import { ListCache, MarkovGraph, MarkovTable, MarkovTarget } from './testing/markov'
import { decodeOnce, usualPrompt, type MarkovTrial } from './testing/trial'

// Drafters that do their worst, at temperature 0: the text must be plain decoding's, and the number of forwards what it should be.
const table = new MarkovTable(11)
const greedy = { temperature: 0 }
const length = 40

async function plainTokens(trial: Partial<MarkovTrial> = {}): Promise<readonly number[]> {
  const plain = { target: new MarkovTarget(table), strategy: new PlainStrategy(), sampling: greedy, maxTokens: length }
  return (await decodeOnce({ ...plain, ...trial })).decoded.tokens
}

/** A chain of `count` tokens made from a text. */
function chain(count: number, next: (text: readonly number[]) => number): MadeUpStrategy {
  return new MadeUpStrategy(({ tokens }: DraftContext) => {
    const text = [...tokens]
    for (let place = 0; place < count; place += 1) text.push(next(text))
    return chainOf(text.slice(tokens.length), () => ({ source: 'test', probability: null }))
  })
}

const likeliest = (text: readonly number[]): number => table.rowAfter(text).topIds[0]!
const wrong = (text: readonly number[]): number => table.rowAfter(text).topIds[5]!

function run(strategy: MadeUpStrategy, trial: Partial<MarkovTrial> = {}) {
  return decodeOnce({
    target: new MarkovTarget(table),
    strategy,
    sampling: greedy,
    maxTokens: length,
    plan: new FixedPlan(16),
    ...trial,
  })
}

describe('A drafter', () => {
  it.each([1, 3, 4, 7])('that knows the answer needs n / (gamma + 1) rounds with gamma %i', async (gamma) => {
    const { decoded, rounds } = await run(chain(gamma, likeliest))
    expect(decoded.tokens).toEqual(await plainTokens())
    expect(rounds).toHaveLength(Math.ceil(length / (gamma + 1)))
    expect(rounds.slice(0, -1).every(({ emitted }) => emitted.at(-1)?.origin === 'bonus')).toBe(true)
  })

  it('that is always wrong gives one token a forward', async () => {
    const { decoded, rounds } = await run(chain(4, wrong))
    expect(decoded.tokens).toEqual(await plainTokens())
    expect(rounds).toHaveLength(length)
    const origins = new Set(rounds.flatMap(({ emitted }) => emitted.map(({ origin }) => origin)))
    // For the last token there is no room to draft.
    expect([...origins].sort()).toEqual(['corrected', 'plain'])
  })

  it('that guesses at random changes nothing', async () => {
    let state = 5
    const random = (): number => (state = (state * 5 + 3) % 8)
    expect((await run(chain(6, random))).decoded.tokens).toEqual(await plainTokens())
  })

  it('that offers nothing makes plain rounds', async () => {
    const { decoded, rounds } = await run(chain(0, wrong))
    expect(decoded.tokens).toEqual(await plainTokens())
    expect(
      rounds.every(
        ({ nodes, draftLength, emitted }) => nodes.length === 0 && draftLength === 0 && emitted[0]?.origin === 'plain',
      ),
    ).toBe(true)
  })
})

describe('An answer ends inside an accepted draft', () => {
  it('at an end token, even a drafted one', async () => {
    const plain = await plainTokens()
    const endTokens = new Set([plain[9]!])
    const until = await plainTokens({ endTokens })
    const { decoded, rounds } = await run(chain(7, likeliest), { endTokens })
    expect(decoded.tokens).toEqual(until)
    expect(decoded.finishReason).toBe('end')
    expect(endTokens.has(decoded.tokens.at(-1)!)).toBe(true)
    const last = rounds.at(-1)!
    expect(last.nodes.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(
      last.emitted.filter(({ origin }) => origin === 'accepted').length,
    )
  })

  it.each([1, 2, 5, 6])('at the most tokens allowed: %i', async (maxTokens) => {
    const { decoded } = await run(chain(12, likeliest), { maxTokens })
    expect(decoded.tokens).toEqual((await plainTokens()).slice(0, maxTokens))
    expect(decoded.finishReason).toBe('length')
  })

  it('at a stop text', async () => {
    const plain = await plainTokens()
    const stop = [`${plain[5]} ${plain[6]}`]
    const expected = await decodeOnce({
      target: new MarkovTarget(table),
      strategy: new PlainStrategy(),
      sampling: greedy,
      maxTokens: length,
      stop,
    })
    const { decoded } = await run(chain(12, likeliest), { stop })
    expect(decoded).toMatchObject({
      tokens: expected.decoded.tokens,
      text: expected.decoded.text,
      finishReason: 'stop',
    })
  })

  it('at the end of the context', async () => {
    const contextLength = usualPrompt.length + 9
    const expected = await decodeOnce({
      target: new MarkovTarget(table),
      strategy: new PlainStrategy(),
      sampling: greedy,
      maxTokens: length,
      contextLength,
    })
    const { decoded } = await run(chain(12, likeliest), { contextLength })
    expect(decoded.tokens).toEqual(expected.decoded.tokens)
    expect([decoded.finishReason, expected.decoded.finishReason]).toEqual(['context', 'context'])
    expect(decoded.tokens).toHaveLength(10)
  })
})

describe('Drawn texts', () => {
  it('are plain decoding’s with the same seed, where the draft was chosen', async () => {
    const sampling = { temperature: 1, seed: 3 }
    const { decoded } = await run(chain(5, likeliest), { sampling })
    expect(decoded.tokens).toEqual(await plainTokens({ sampling }))
  })
})

describe('Caches hold what was really written', () => {
  const drafterTable = new MarkovTable(12)

  it('the target’s', async () => {
    const caches: ListCache[] = []
    const target = new MarkovTarget(table, {
      makeCache: () => {
        const cache = new ListCache()
        caches.push(cache)
        return cache
      },
    })
    const check = (tokens: readonly number[]): void => expect(caches[0]!.ids).toEqual(tokens.slice(0, -1))
    await run(chain(5, likeliest), { target, onCommit: check })
    await decodeOnce({ target, strategy: new DraftModelStrategy(new MarkovGraph(drafterTable)), maxTokens: length })
  })

  it.each(['draft', 'mtp'] as const)('the drafter’s: %s', async (name) => {
    const graph = new MarkovGraph(drafterTable)
    const strategy = name === 'draft' ? new DraftModelStrategy(graph) : new MtpStrategy(graph)
    // MTP's row i is made from token i + 1.
    const skipped = name === 'draft' ? 0 : 1
    for (const temperature of [0, 1]) {
      let before: readonly number[] = usualPrompt
      graph.seen.length = 0
      await decodeOnce({
        target: new MarkovTarget(table),
        strategy,
        sampling: { temperature },
        maxTokens: length,
        onCommit: (tokens) => {
          // Whatever it read in this round began with the text as it was before.
          for (const text of graph.seen) {
            const known = before.slice(skipped, skipped + text.length)
            expect(text.slice(0, known.length)).toEqual(known)
          }
          graph.seen.length = 0
          before = [...tokens]
        },
      })
    }
  })
})
