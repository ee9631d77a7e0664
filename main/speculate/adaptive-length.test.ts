import { describe, expect, it } from 'vitest'
import { verifyMilliseconds } from '../../contract/speculation-statistics'
import { Generator } from '../tensor/noise'
import { AdaptivePlan } from './adaptive-length'
import { FixedPlan, type DraftPlan } from './draft-plan'
import type { DraftNode } from './draft-tree'
import { VerifyCost } from './verify-cost'

// Simulated rounds with known costs and known acceptance: no clock, so the same every time.

/** Measured: a model of 135M parameters in four bits, one thread (milliseconds). */
const fourBit = [1, 1.15, 1.31, 1.4, 1.59, 1.77, 2.18, 3.04, 3.81].map((factor, index) => ({
  rows: [1, 2, 3, 4, 5, 6, 8, 12, 16][index]!,
  milliseconds: 13.7 * factor,
}))

interface World {
  /** Probability that the target accepts a token, by the drafter's confidence in it. */
  readonly confidences: readonly {
    readonly share: number
    readonly probability: number | null
    readonly accepted: number
  }[]
  /** Milliseconds of one drafting step. */
  readonly step: number
}

/** Tokens per millisecond of a plan. */
function rateOf(plan: DraftPlan, { confidences, step }: World, rounds: number): number {
  const random = new Generator(7)
  let tokens = 0
  let milliseconds = 0
  for (let round = 0; round < rounds; round += 1) {
    const drafted = plan.begin()
    const nodes: DraftNode[] = []
    const chances: number[] = []
    for (let depth = 1, survival = 1; drafted && depth <= 16 && plan.extend(depth, survival); depth += 1) {
      let left = random.uniform()
      const { probability, accepted } = confidences.find(({ share }) => (left -= share) < 0) ?? confidences[0]!
      const node = { parent: depth - 1, depth, token: 0, rank: 0, source: 'test', probability, drawnFrom: null }
      nodes.push(node)
      chances.push(accepted)
      survival *= plan.edge(node)
    }
    const tree = plan.prune(nodes, 16)
    const examined = new Map<number, number>()
    let length = 0
    while (length < tree.length) {
      const accepted = random.uniform() < chances[length]!
      examined.set(length + 1, accepted ? 1 : 0)
      if (!accepted) break
      length += 1
    }
    const draftMilliseconds = step * nodes.length
    const rows = tree.length + 1
    const verify = verifyMilliseconds(fourBit, rows)
    tokens += length + 1
    milliseconds += draftMilliseconds + verify
    plan.observe({
      tree,
      drafted,
      examined,
      emitted: length + 1,
      draftMilliseconds,
      verifyMilliseconds: verify,
      rows,
      steps: nodes.length,
    })
  }
  return tokens / milliseconds
}

function compare(world: World): { adaptive: number; best: number } {
  const plain = 1 / 13.7
  const fixed = [1, 2, 3, 4, 5, 6, 8].map((length) => rateOf(new FixedPlan(length), world, 2000))
  const adaptive = rateOf(new AdaptivePlan(new VerifyCost(fourBit), { most: 16, drawn: false }), world, 400)
  return { adaptive: adaptive / plain, best: Math.max(plain, ...fixed) / plain }
}

describe('The adaptive length', () => {
  it.each([0, 0.1, 0.2, 0.36, 0.5, 0.6, 0.7, 0.8, 0.9])(
    'comes near the best fixed length where %f is accepted',
    (accepted) => {
      for (const step of [0, 1, 2]) {
        const { adaptive, best } = compare({ confidences: [{ share: 1, probability: null, accepted }], step })
        expect(adaptive, `step ${step}: ${adaptive.toFixed(2)} of ${best.toFixed(2)}`).toBeGreaterThan(0.94 * best)
      }
    },
  )

  it('does better than any fixed length where the drafter knows when it is right', () => {
    const confidences = [
      { share: 0.5, probability: 0.95, accepted: 0.95 },
      { share: 0.5, probability: 0.15, accepted: 0.15 },
    ]
    const { adaptive, best } = compare({ confidences, step: 1 })
    expect(adaptive / best).toBeGreaterThan(1.05)
  })

  it('finds out that a drafter is too sure of itself', () => {
    const { adaptive } = compare({ confidences: [{ share: 1, probability: 0.95, accepted: 0.05 }], step: 1 })
    expect(adaptive).toBeGreaterThan(0.94)
  })
})
