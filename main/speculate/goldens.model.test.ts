import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { samplingSchema } from '../../contract/speculation'
import { distributionOf } from '../text/sampler'
import { topIndices } from '../text/top-values'
import { isTypical } from './acceptance-rules'
import { FixedPlan } from './draft-plan'
import { pathTo, treeDepth, type DraftTree } from './draft-tree'
import { treeOfChoices } from './strategies/head-tree'
import { runStrategy } from './testing/run-strategy'
import { fixtures, openTinyModel } from './testing/tiny-model'
import { walkTree } from './walk-tree'

// What transformers and Medusa's official code do: training/goldens/speculation.py.

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(fixtures, 'goldens/speculation', `${name}.json`), 'utf8')) as T
}

interface Assisted {
  readonly newTokens: number
  readonly draftTokens: number
  readonly cases: readonly {
    readonly prompt: string
    readonly promptIds: readonly number[]
    readonly text: readonly number[]
    readonly draftModel: readonly { readonly drafted: readonly number[]; readonly accepted: number }[]
  }[]
}
/** Rounds by the place in the answer at which they began. */
function byPlace<R extends { readonly accepted: number }>(rounds: readonly R[]): Map<number, R> {
  let place = 0
  return new Map(
    rounds.map((round) => {
      const began = place
      place += round.accepted + 1
      return [began, round]
    }),
  )
}

const assisted = golden<Assisted>('transformers')

describe('transformers’ assisted generation of', () => {
  it.each(assisted.cases)('$prompt', async ({ promptIds, text, draftModel }) => {
    const parts = await openTinyModel('float32')
    const maxTokens = assisted.newTokens
    const run = await runStrategy(parts, { name: 'draft', draftLength: 4 }, promptIds, {
      maxTokens,
      endTokens: new Set([2]),
    })
    expect(run.decoded.tokens).toEqual(text)
    const rounds = run.rounds.map(({ nodes }) => ({
      drafted: nodes.map(({ token }) => token),
      accepted: nodes.filter(({ verdict }) => verdict === 'accepted').length,
    }))
    // The graph of the drafter is in eight bits, transformers' in float: near ties of its random weights fall otherwise now and then,
    // and later rounds may begin elsewhere. Those that begin at the same place must mostly be the same.
    const theirs = byPlace(draftModel)
    const shared = [...byPlace(rounds)].filter(([place]) => theirs.has(place))
    const alike = shared.filter(([place, round]) => JSON.stringify(round) === JSON.stringify(theirs.get(place)))
    expect(shared.length).toBeGreaterThan(0.7 * theirs.size)
    expect(alike.length).toBeGreaterThan(0.7 * shared.length)
    const lookedUp = await runStrategy(parts, { name: 'lookup', draftLength: 4 }, promptIds, { maxTokens })
    expect(lookedUp.decoded.tokens).toEqual(text)
  })
})

interface MedusaGolden {
  readonly choices: readonly (readonly number[])[]
  readonly mask: readonly (readonly number[])[]
  readonly positions: readonly number[]
  readonly treeIndices: readonly number[]
  readonly retrieveIndices: readonly (readonly number[])[]
  readonly decisions: readonly {
    readonly trial: number
    readonly logits: readonly (readonly number[])[] | null
    readonly tokens: readonly number[]
    readonly temperature: number
    readonly epsilon: number
    readonly delta: number
    readonly bestLeaf: number
    readonly acceptLength: number
  }[]
}
const medusa = Object.entries(golden<Record<string, MedusaGolden>>('medusa'))
/** The official code looks at this many ranks of each head. */
const ranks = 10

function treeOf({ choices }: MedusaGolden): DraftTree {
  const sorted = [...choices].sort((a, b) => a.length - b.length || lexical(a, b))
  const heads = Math.max(...choices.map(({ length }) => length))
  // A token is its place in the list of all heads' guesses, after the target's own token.
  const ids = Int32Array.from({ length: heads * ranks }, (_, place) => place + 1)
  const guesses = { heads, count: ranks, ids, logProbabilities: new Float32Array(heads * ranks) }
  return treeOfChoices(guesses, sorted, { maxDepth: heads, maxNodes: choices.length })
}

function lexical(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((rank, index) => rank !== b[index])
  return place < 0 ? 0 : a[place]! - b[place]!
}

describe.each(medusa)('Medusa’s tree "%s"', (_, expected) => {
  const tree = treeOf(expected)

  it('has the official mask, positions, tree indices and paths', () => {
    const nodes = [0, ...tree.map((__, index) => index + 1)]
    const paths = nodes.map((node) => [0, ...pathTo(tree, node)])
    expect(paths.map((row) => nodes.map((node) => (row.includes(node) ? 1 : 0)))).toEqual(expected.mask)
    expect(paths.map(({ length }) => length - 1)).toEqual(expected.positions)
    expect([0, ...tree.map(({ token }) => token)]).toEqual(expected.treeIndices)
    const leaves = nodes.filter((node) => tree.every(({ parent }) => parent !== node))
    const padded = leaves.map((leaf) => [
      ...paths[leaf]!,
      ...new Array<number>(treeDepth(tree) + 1 - paths[leaf]!.length).fill(-1),
    ])
    expect(padded.map(String).sort()).toEqual(expected.retrieveIndices.map(String).sort())
  })

  it.each(expected.decisions)('is decided on as officially: trial $trial at $temperature', (decision) => {
    const { tokens, temperature, trial } = decision
    const logits = expected.decisions.find((other) => other.trial === trial && other.logits !== null)!.logits!
    const drafted = tree.map((node, index) => ({ ...node, token: tokens[index + 1]! }))
    const settings = samplingSchema.parse({ temperature })
    const after = (node: number) => {
      const row = Float32Array.from(logits[node]!)
      const topIds = topIndices(row, row.length)
      return distributionOf(
        {
          topIds,
          topValues: topIds.length > 0 ? Float32Array.from(topIds, (id) => row[id]!) : row,
          logSumExp: 0,
          logits: row,
        },
        settings,
      )
    }
    const { path: accepted } = walkTree(drafted, after, () => 0.5, temperature === 0 ? 'exact' : 'typical')
    expect(accepted).toEqual(expected.retrieveIndices[decision.bestLeaf]!.slice(1, 1 + decision.acceptLength))
    if (temperature > 0 && accepted[0] !== undefined)
      expect(isTypical(after(0), drafted[accepted[0] - 1]!.token)).toBe(true)
  })
})

describe('A plan of fixed length', () => {
  it('cuts Medusa’s tree at that depth', () => {
    const tree = treeOf(medusa[0]![1])
    expect(treeDepth(new FixedPlan(2).prune(tree, 63))).toBe(2)
  })
})
