import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplingSchema } from '../../contract/speculation'
import { probabilityOf } from './distribution'
import { distributionOf, needsLogits, type SamplerSettings } from './sampler'
import { rowOf } from './testing/rows'
import { TokenHistory } from './token-history'

const settings = (changes: Partial<SamplerSettings> = {}): SamplerSettings => samplingSchema.parse(changes)

/** Coarse enough for ties, with extremes. */
const logitsArbitrary = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -12, max: 12 }).map((value) => value / 2) },
      { weight: 1, arbitrary: fc.constantFrom(-3.4e38, 3.4e38, -1e9, 1e4, Number.NEGATIVE_INFINITY) },
    ),
    { minLength: 1, maxLength: 40 },
  )
  .filter((logits) => logits.some((logit) => logit > Number.NEGATIVE_INFINITY))
const settingsArbitrary = fc
  .record({
    temperature: fc.oneof(fc.constantFrom(0, 1, 100, 1e-6, 5e-324), fc.double({ min: 0, max: 3, noNaN: true })),
    topK: fc.integer({ min: 0, max: 50 }),
    topP: fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true }),
    minP: fc.double({ min: 0, max: 1, noNaN: true }),
    repetitionPenalty: fc.constantFrom(1, 0.5, 1.3, 10),
    presencePenalty: fc.constantFrom(0, -2, 1.5),
    frequencyPenalty: fc.constantFrom(0, -0.5, 2),
  })
  .map((changes) => settings(changes))

/** The chain as its definition reads, one whole pass a step. */
function reference(logits: readonly number[], chain: SamplerSettings): number[] {
  const inOrder = logits.map((_, id) => id).sort((one, other) => logits[other]! - logits[one]! || one - other)
  const kept = new Set(chain.topK === 0 ? inOrder : inOrder.slice(0, chain.topK))
  const weights = logits.map((logit, id) =>
    kept.has(id) ? Math.exp((logit - logits[inOrder[0]!]!) / chain.temperature) : 0,
  )
  const share = (values: number[]): number[] => {
    const sum = values.reduce((total, value) => total + value, 0)
    return values.map((value) => value / sum)
  }
  let probabilities = share(weights)
  if (chain.topP < 1) {
    let reached = 0
    const nucleus = new Set<number>()
    for (const id of inOrder) {
      nucleus.add(id)
      reached += probabilities[id]!
      if (reached >= chain.topP) break
    }
    probabilities = share(probabilities.map((value, id) => (nucleus.has(id) ? value : 0)))
  }
  const least = chain.minP * Math.max(...probabilities)
  return share(probabilities.map((value) => (value < least ? 0 : value)))
}

describe('the sampler chain', () => {
  it('gives probabilities above 0 at ascending ids that sum to 1, whatever the logits', () => {
    fc.assert(
      fc.property(logitsArbitrary, settingsArbitrary, fc.array(fc.nat(39)), (logits, chain, tokens) => {
        const history = new TokenHistory(tokens.slice(0, 3))
        history.push(...tokens.slice(3))
        const { ids, probabilities } = distributionOf(rowOf(logits), chain, history)
        const sum = probabilities.reduce((total, value) => total + value, 0)
        expect(sum).toBeCloseTo(1, 12)
        expect(probabilities.every((value) => value > 0)).toBe(true)
        expect(ids.every((id, place) => place === 0 || id > ids[place - 1]!)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with the definition step by step', () => {
    const plain = fc.record({
      temperature: fc.constantFrom(0.3, 1, 2),
      topK: fc.integer({ min: 0, max: 12 }),
      topP: fc.constantFrom(0.1, 0.37, 0.8, 0.95, 1),
      minP: fc.constantFrom(0, 0.05, 0.31),
    })
    const distinct = fc.uniqueArray(fc.integer({ min: -900, max: 900 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(distinct, plain, (hundredths, changes) => {
        const logits = hundredths.map((value) => Math.fround(value / 150))
        const chain = settings(changes)
        const actual = distributionOf(rowOf(logits), chain)
        reference(logits, chain).forEach((value, id) => expect(probabilityOf(actual, id)).toBeCloseTo(value, 12))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the fewest tokens that reach top-p', () => {
    fc.assert(
      fc.property(logitsArbitrary, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (logits, topP) => {
        const whole = distributionOf(rowOf(logits), settings({ temperature: 1 }))
        const kept = distributionOf(rowOf(logits), settings({ temperature: 1, topP }))
        const masses = [...kept.ids].map((id) => probabilityOf(whole, id)).sort((one, other) => one - other)
        const mass = masses.reduce((total, value) => total + value, 0)
        expect(mass).toBeGreaterThanOrEqual(topP - 1e-12)
        expect(mass - masses[0]!).toBeLessThan(topP + 1e-12)
        const left = [...whole.ids].filter((id) => probabilityOf(kept, id) === 0)
        for (const id of left) expect(probabilityOf(whole, id)).toBeLessThanOrEqual(masses[0]!)
      }),
    )
  })

  it('takes the most likely token at temperature 0, of equal ones the lowest', () => {
    expect(distributionOf(rowOf([1, 5, 5, 2]), settings())).toEqual({
      ids: Int32Array.of(1),
      probabilities: Float64Array.of(1),
    })
    const few = distributionOf(rowOf([3, 3, 3, 3]), settings({ temperature: 1, topK: 2 }))
    expect([...few.ids]).toEqual([0, 1])
    const nucleus = distributionOf(rowOf([3, 3, 3, 3]), settings({ temperature: 1, topP: 0.6 }))
    expect([...nucleus.ids]).toEqual([0, 1, 2])
  })

  it('is nearly flat at temperature 100', () => {
    const { probabilities } = distributionOf(rowOf([-2, 0, 3]), settings({ temperature: 100 }))
    for (const probability of probabilities) expect(Math.abs(probability - 1 / 3)).toBeLessThan(0.012)
  })

  it('applies temperature before top-p, and top-k before it', () => {
    const logits = [2, 1, 0, -1]
    // At temperature 1 the first token has 0.64; at 4 it has 0.35.
    expect(distributionOf(rowOf(logits), settings({ temperature: 1, topP: 0.6 })).ids).toHaveLength(1)
    expect(distributionOf(rowOf(logits), settings({ temperature: 4, topP: 0.6 })).ids).toHaveLength(2)
    // Of two kept tokens the first has 0.73.
    expect(distributionOf(rowOf(logits), settings({ temperature: 1, topP: 0.7 })).ids).toHaveLength(2)
    expect(distributionOf(rowOf(logits), settings({ temperature: 1, topP: 0.7, topK: 2 })).ids).toHaveLength(1)
  })

  it('applies penalties before temperature: repetition to prompt and output, presence and frequency to the output', () => {
    const history = new TokenHistory([0, 1])
    history.push(2, 2, 3)
    const logits = Float64Array.of(2, -2, 3, 1, 0.5)
    history.penalise(logits, { repetitionPenalty: 2, presencePenalty: 0.25, frequencyPenalty: 0.5 })
    expect([...logits]).toEqual([1, -4, 1.5 - 1 - 0.25, 0.5 - 0.5 - 0.25, 0.5])
    const greedy = distributionOf(rowOf([2, -2, 3, 1, 1.4]), settings({ repetitionPenalty: 2 }), history)
    expect([...greedy.ids]).toEqual([2])
    const chilled = distributionOf(rowOf([2, 0]), settings({ temperature: 0.5, repetitionPenalty: 2 }), history)
    expect(chilled.probabilities[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12)
  })

  it('forgets tokens that were only asked about', () => {
    const history = new TokenHistory()
    history.push(1)
    history.push(1, 2)
    history.pop(2)
    const logits = Float64Array.of(0, 0, 0)
    history.penalise(logits, { repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 1 })
    expect([...logits]).toEqual([0, -1, 0])
  })

  it('does with the top 64 alone where that is enough, and says where it is not', () => {
    const logits = Array.from({ length: 200 }, (_, id) => Math.sin(id * 7.3) * 5)
    const chain = settings({ temperature: 0.8, topK: 40, topP: 0.9, minP: 0.02 })
    expect(needsLogits(chain)).toBe(false)
    const row = rowOf(logits)
    expect(distributionOf({ ...row, logits: null }, chain)).toEqual(distributionOf(row, chain))
    expect(distributionOf({ ...row, logits: null }, settings())).toEqual(distributionOf(row, settings()))
    for (const changes of [{ temperature: 1 }, { temperature: 1, topK: 65 }, { frequencyPenalty: 1 }]) {
      expect(needsLogits(settings(changes))).toBe(true)
      expect(() => distributionOf({ ...row, logits: null }, settings(changes))).toThrow(RangeError)
    }
  })

  it('reports broken numbers instead of drawing from them', () => {
    for (const logits of [[Number.NaN, 1], [1, Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY]]) {
      expect(() => distributionOf(rowOf(logits), settings({ temperature: 1 }))).toThrow(
        expect.objectContaining({ code: 'NOT_FINITE' }),
      )
    }
  })
})
