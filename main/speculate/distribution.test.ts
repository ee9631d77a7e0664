import { describe, expect, it } from 'vitest'
import { samplingSchema, type Sampling } from '../../contract/speculation'
import { draw } from '../text/distribution'
import { distributionOf } from '../text/sampler'
import type { DraftPlan } from './draft-plan'
import type { DraftNode } from './draft-tree'
import { ModelDrafter } from './model-drafter'
import type { DraftContext, DraftStrategy } from './strategy'
import { DraftModelStrategy } from './strategies/draft-model'
import { EagleStrategy } from './strategies/eagle'
import { LookupMtpStrategy } from './strategies/lookup-mtp'
import { MedusaStrategy } from './strategies/medusa'
import { MtpParallelStrategy } from './strategies/mtp-parallel'
import { MtpStrategy } from './strategies/mtp'
import { PlainStrategy } from './strategies/plain'
import { PromptLookupStrategy } from './strategies/prompt-lookup'
import { MadeUpStrategy } from './testing/made-up-strategy'
import { ListCache, MarkovGraph, MarkovHeads, MarkovTable, MarkovTarget, textOfRow, vocabulary } from './testing/markov'
import { adaptivePlan, fitOfSamples, type MarkovTrial } from './testing/trial'

// Texts of three tokens, drawn with every rule, against the target's exact distribution. A fit worse than one in a million fails.
const worstFit = 1e-6
const table = new MarkovTable(1)
const drafterTable = new MarkovTable(2)
const samplings: readonly Partial<Sampling>[] = [
  { temperature: 1 },
  { temperature: 0.6, topK: 5 },
  { temperature: 1.3, topP: 0.8, minP: 0.02 },
  { temperature: 1, repetitionPenalty: 1.4, presencePenalty: 0.5, frequencyPenalty: 0.3 },
]

const chosen = (parent: number, depth: number, rank: number, token: number): DraftNode => ({
  parent,
  depth,
  rank,
  token,
  source: 'test',
  probability: 0.5,
  drawnFrom: null,
})

/** q of the drafter's table after a text. */
function q(tokens: readonly number[], temperature = 1) {
  return distributionOf(drafterTable.rowAfter(tokens), samplingSchema.parse({ temperature }))
}

/** Two independent draws under the root, and two under the first of them. */
function siblings({ tokens, random }: DraftContext): DraftNode[] {
  const draft = (parent: number, depth: number, text: readonly number[]): DraftNode => {
    const drawnFrom = q(text)
    return { ...chosen(parent, depth, 0, draw(drawnFrom, random())), drawnFrom }
  }
  const first = draft(0, 1, tokens)
  const second = draft(0, 1, tokens)
  const below = [1, 2].map(() => draft(1, 2, [...tokens, first.token]))
  return [first, second, ...below]
}

/** Any tokens, in a tree of seven nodes, one of them twice. */
function anyTree({ random }: DraftContext): DraftNode[] {
  const token = (): number => Math.floor(random() * vocabulary)
  return [
    ...[0, 1, 2].map((rank) => chosen(0, 1, rank, (token() & 4) + rank)),
    chosen(1, 2, 0, 1),
    chosen(1, 2, 1, 5),
    chosen(3, 2, 0, token()),
    chosen(4, 3, 0, token()),
  ]
}

/** What the target itself holds likely: deep rows are reached often. */
function likelyTree({ tokens }: DraftContext): DraftNode[] {
  const [first, second] = [0, 1].map((rank) => table.rowAfter(tokens).topIds[rank]!)
  const below = table.rowAfter([...tokens, second!]).topIds
  return [
    chosen(0, 1, 0, first!),
    chosen(0, 1, 1, second!),
    ...[0, 1, 2].map((rank) => chosen(2, 2, rank, below[rank]!)),
  ]
}

const heads = [2, 3, 4].map((seed) => new MarkovTable(seed))
const strategies: Record<string, () => { strategy: DraftStrategy; plan?: DraftPlan }> = {
  'plain decoding': () => ({ strategy: new PlainStrategy() }),
  'a draft model': () => ({ strategy: new DraftModelStrategy(new MarkovGraph(drafterTable)) }),
  'a draft model of adaptive length': () => ({
    strategy: new DraftModelStrategy(new MarkovGraph(drafterTable)),
    plan: adaptivePlan(true),
  }),
  'another model, which knows fewer tokens and reads less': () => ({
    strategy: new DraftModelStrategy(
      new ModelDrafter({ session: new MarkovTarget(drafterTable), readable: 6, wanted: 7 }),
      { contextLength: 5 },
    ),
  }),
  'prompt lookup': () => ({ strategy: new PromptLookupStrategy({ shortest: 1 }) }),
  'Medusa’s tree': () => ({ strategy: new MedusaStrategy(new MarkovHeads(heads, false), [[0], [1], [0, 0], [1, 1]]) }),
  'Medusa’s tree of adaptive size': () => ({
    strategy: new MedusaStrategy(new MarkovHeads(heads, false), null),
    plan: adaptivePlan(false),
  }),
  'sequential prediction': () => ({ strategy: new MtpStrategy(new MarkovGraph(drafterTable)) }),
  'looking up, else predicting': () => ({
    strategy: new LookupMtpStrategy(new MarkovGraph(drafterTable), { shortest: 1 }),
  }),
  'parallel prediction': () => ({ strategy: new MtpParallelStrategy(new MarkovHeads(heads, true)) }),
  'EAGLE’s tree': () => ({ strategy: new EagleStrategy(new MarkovGraph(drafterTable)) }),
  'independent siblings': () => ({ strategy: new MadeUpStrategy(siblings, true) }),
  'a tree of anything': () => ({ strategy: new MadeUpStrategy(anyTree) }),
}

describe.each(Object.keys(strategies))('%s', (name) => {
  it.each(samplings)(
    'keeps the distribution with %o',
    async (sampling) => {
      const fit = await fitOfSamples(table, { target: new MarkovTarget(table), sampling, ...strategies[name]!() }, 2000)
      expect(fit).toBeGreaterThan(worstFit)
    },
    60_000,
  )
})

/** A chain drawn by hand, so that what it says of itself can be wrong. */
function chain(
  state: (text: readonly number[], token: (temperature: number) => number) => Pick<DraftNode, 'token' | 'drawnFrom'>,
) {
  return new MadeUpStrategy(({ tokens, random, maxDepth }) => {
    const nodes: DraftNode[] = []
    for (let depth = 1; depth <= Math.min(2, maxDepth); depth += 1) {
      const text = [...tokens, ...nodes.map(({ token }) => token)]
      nodes.push({
        ...chosen(depth - 1, depth, 0, 0),
        ...state(text, (temperature) => draw(q(text, temperature), random())),
      })
    }
    return nodes
  }, true)
}

/** Keeps one row too many of a refused draft. */
class StaleCache extends ListCache {
  override keepRows(from: number, indices: readonly number[]): void {
    const next = indices.length
    super.keepRows(from, from + next < this.length ? [...indices, next] : indices)
    if (this.length > from + next) this.ids = [...this.ids.slice(0, from + next - 1), this.ids.at(-1)!]
  }
}

/** After a draft that passed whole it gives the drafter's view: the bonus token is then drawn from q. */
class BonusFromDrafter extends MarkovTarget {
  override async forward(...[request, cache]: Parameters<MarkovTarget['forward']>) {
    const text = [...(cache as ListCache).ids, ...request.ids]
    const result = await super.forward(request, cache)
    const isBonus = (row: number): boolean => row > 0 && row === result.rows - 1
    return { ...result, row: (row: number) => (isBonus(row) ? drafterTable.rowAfter(text) : result.row(row)) }
  }
}

const mistakes: Record<string, () => MarkovTrial> = {
  'a greedy token that claims to be drawn': () => ({
    target: new MarkovTarget(table),
    strategy: chain((text) => ({ token: drafterTable.rowAfter(text).topIds[0]!, drawnFrom: q(text) })),
  }),
  'q taken at another temperature': () => ({
    target: new MarkovTarget(table),
    strategy: chain((text, token) => ({ token: token(0.5), drawnFrom: q(text, 1) })),
  }),
  'q of another place, as from a stale drafter’s cache': () => ({
    target: new MarkovTarget(table),
    strategy: chain((text, token) => ({ token: token(1), drawnFrom: q(text.slice(0, -1)) })),
  }),
  'a drawn token dropped for being unlikely': () => ({
    target: new MarkovTarget(table),
    // Says that nothing is drawn, so that the plan may drop.
    strategy: new MadeUpStrategy(({ tokens, random }) => {
      const drawnFrom = q(tokens)
      const token = draw(drawnFrom, random())
      return token % 2 === 0 ? [{ ...chosen(0, 1, 0, token), drawnFrom }] : []
    }),
  }),
  'a mask one row off': () => ({
    target: new MarkovTarget(table, {
      view: (request, cached, row) =>
        textOfRow(
          request.parents === undefined
            ? request
            : { ...request, parents: request.parents.map((parent) => (parent > 0 ? parent - 1 : parent)) },
          cached,
          row,
        ),
    }),
    strategy: new MadeUpStrategy(likelyTree),
  }),
  'a stale row in the target’s cache': () => ({
    target: new MarkovTarget(table, { makeCache: () => new StaleCache() }),
    strategy: new DraftModelStrategy(new MarkovGraph(drafterTable)),
  }),
  'a bonus token drawn from q': () => ({
    target: new BonusFromDrafter(table),
    strategy: new DraftModelStrategy(new MarkovGraph(drafterTable)),
  }),
  'typical acceptance': () => ({
    target: new MarkovTarget(table),
    strategy: new MadeUpStrategy(anyTree),
    acceptance: 'typical',
  }),
}

describe('The test notices', () => {
  it.each(Object.keys(mistakes))(
    '%s',
    async (name) => {
      expect(await fitOfSamples(table, mistakes[name]!(), 3000)).toBeLessThan(worstFit)
    },
    60_000,
  )
})
