import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certain, draw, normalised, probabilityOf, type Distribution } from '../text/distribution'
import { acceptanceOf, chooseChild, isTypical, passes, residual } from './acceptance-rules'

// Every outcome of a rule, enumerated: no draws, so the probabilities must agree to rounding.

const size = 6
const ids = Array.from({ length: size }, (_, id) => id)
const weights = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })), { minLength: size, maxLength: size })
  .filter((values) => values.some((value) => value > 0))
const distribution = weights.map((values) => normalised(ids, values))

interface Rule {
  readonly accept: (p: number, q: number) => number
  readonly correction: (p: Distribution, q: Distribution) => Distribution
}
const rightRule: Rule = { accept: (p, q) => Math.min(1, p / q), correction: residual }

/** The law of the token that one drawn candidate and its rule give. */
function law(p: Distribution, q: Distribution, { accept, correction }: Rule): number[] {
  const out = new Array<number>(size).fill(0)
  for (const x of ids) {
    const drawn = probabilityOf(q, x)
    if (drawn === 0) continue
    const accepted = accept(probabilityOf(p, x), drawn)
    out[x]! += drawn * accepted
    for (const y of ids) out[y]! += drawn * (1 - accepted) * probabilityOf(correction(p, q), y)
  }
  return out
}

const distance = (one: readonly number[], p: Distribution): number =>
  Math.max(...ids.map((id) => Math.abs(one[id]! - probabilityOf(p, id))))

describe('The rule for one drawn token', () => {
  it('leaves the target’s distribution, to 1e-12', () => {
    fc.assert(fc.property(distribution, distribution, (p, q) => distance(law(p, q, rightRule), p) < 1e-12))
  })

  it('is the one that the code follows', () => {
    fc.assert(
      fc.property(
        distribution,
        distribution,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (p, q, u) => {
          for (const x of q.ids) {
            const limit = Math.min(1, probabilityOf(p, x) / probabilityOf(q, x))
            if (Math.abs(u - limit) > 1e-9) expect(passes(p, q, x, u)).toBe(u < limit)
          }
        },
      ),
    )
  })

  it('falls back to the target where nothing is left of it', () => {
    const p = normalised(ids, [1, 2, 3, 0, 0, 0])
    expect(residual(p, p)).toBe(p)
  })

  const p = normalised(ids, [5, 1, 1, 2, 0, 1])
  const q = normalised(ids, [1, 4, 2, 1, 2, 0])
  it.each<[string, Rule]>([
    ['p and q swapped', { ...rightRule, accept: (a, b) => Math.min(1, a === 0 ? 1 : b / a) }],
    ['a correction drawn from p', { ...rightRule, correction: (target) => target }],
    ['a correction drawn from q', { ...rightRule, correction: (_, drafter) => drafter }],
    ['acceptance with p alone', { ...rightRule, accept: (a) => a }],
  ])('would be wrong with %s', (_, mistake) => {
    expect(distance(law(p, q, mistake), p)).toBeGreaterThan(0.01)
  })

  it('would be wrong with a residual that is not normalised', () => {
    // Drawing from weights that sum to less than 1 gives what is missing to the last id.
    const taken = ids.map((id) => Math.max(0, probabilityOf(p, id) - probabilityOf(q, id)))
    const missing = 1 - taken.reduce((sum, weight) => sum + weight, 0)
    const wrong = normalised(
      ids,
      taken.map((weight, id) => (id === size - 1 ? weight + missing : weight)),
    )
    expect(distance(law(p, q, { ...rightRule, correction: () => wrong }), p)).toBeGreaterThan(0.01)
  })
})

describe('The rule for several children', () => {
  const child = (id: number, token: number, drawnFrom: Distribution | null) => ({ id, node: { token, drawnFrom } })

  it('leaves the target’s distribution for independent siblings, to 1e-12', () => {
    fc.assert(
      fc.property(distribution, distribution, (p, q) => {
        const out = new Array<number>(size).fill(0)
        for (const one of q.ids) {
          for (const other of q.ids) {
            const drawn = probabilityOf(q, one) * probabilityOf(q, other)
            const first = acceptanceOf(p, { token: one, drawnFrom: q })
            const left = residual(p, q)
            const second = acceptanceOf(left, { token: other, drawnFrom: q })
            out[one]! += drawn * first
            out[other]! += drawn * (1 - first) * second
            for (const y of ids) out[y]! += drawn * (1 - first) * (1 - second) * probabilityOf(residual(left, q), y)
          }
        }
        return distance(out, p) < 1e-12
      }),
    )
  })

  it('takes one number for chosen children, and gives the token that plain decoding gives', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 4 })
    fc.assert(
      fc.property(
        distribution,
        tokens,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (p, drafted, u) => {
          let used = 0
          const uniform = (): number => ((used += 1), u)
          const choice = chooseChild(
            p,
            drafted.map((token, id) => child(id + 1, token, null)),
            uniform,
          )
          expect(used).toBe(1)
          expect(choice.token).toBe(draw(p, u))
          expect(choice.accepted).toBe(drafted.includes(choice.token) ? drafted.indexOf(choice.token) + 1 : null)
        },
      ),
    )
  })

  it('asks drawn children in order, with one number each and one more for the target’s own', () => {
    const p = certain(3)
    const q = normalised([1, 2], [1, 1])
    const numbers = [0.5, 0.5, 0.5]
    const choice = chooseChild(p, [child(1, 1, q), child(2, 2, q)], () => numbers.pop()!)
    expect([choice, numbers]).toEqual([{ accepted: null, token: 3 }, []])
  })

  it('accepts at temperature 0 what the target would say, and nothing else', () => {
    expect(chooseChild(certain(3), [child(1, 2, null), child(2, 3, null)], () => 0.9)).toEqual({
      accepted: 2,
      token: 3,
    })
    expect(chooseChild(certain(3), [child(1, 2, null)], () => 0.9)).toEqual({ accepted: null, token: 3 })
  })
})

describe('Typical acceptance', () => {
  it('follows the threshold in the paper: min(0.09, 0.3 exp(-entropy))', () => {
    const flat = normalised(ids, [1, 1, 1, 1, 1, 1])
    // exp(-ln 6) = 1/6: the threshold is 0.05.
    expect(isTypical(flat, 2)).toBe(true)
    const steep = normalised(ids, [0.92, 0.08, 0, 0, 0, 0])
    expect([isTypical(steep, 0), isTypical(steep, 1), isTypical(steep, 2)]).toEqual([true, false, false])
  })
})
