import type { JobId, ModelId, RaceId } from '../../../../contract/ids'
import {
  raceRequestSchema,
  strategySchema,
  type Calibration,
  type DraftNode,
  type EmittedToken,
  type ExaminedRow,
  type Race,
  type Round,
  type Run,
  type Strategy,
} from '../../../../contract/speculation'
import { wordsOf, wrongWords } from './words'

// Traces that look like measured ones: acceptance falls with depth and with the target's doubt, trees branch, times jitter.

function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

interface Drafter {
  /** Chance that the first choice at a depth is what the target says. */
  readonly acceptance: readonly number[]
  /** Guesses at each depth: one makes a chain. */
  readonly widths: readonly number[]
  readonly draftMilliseconds: number
  readonly hasProbability: boolean
  source(depth: number, rank: number): string
  /** Whether it has anything to offer in this round. */
  readonly hits?: number
}

const drafters: Partial<Record<Strategy['name'], Drafter>> = {
  medusa: {
    acceptance: [0.8, 0.7, 0.62, 0.55],
    widths: [3, 3, 2, 2],
    draftMilliseconds: 3.1,
    hasProbability: true,
    source: (depth, rank) => `head ${depth}, rank ${rank + 1}`,
  },
  draft: {
    acceptance: [0.74, 0.72, 0.7, 0.68],
    widths: [1, 1, 1, 1],
    draftMilliseconds: 8.4,
    hasProbability: true,
    source: () => 'draft model',
  },
  lookup: {
    acceptance: [0.6, 0.7, 0.72, 0.74, 0.7, 0.7],
    widths: [1, 1, 1, 1, 1, 1],
    draftMilliseconds: 0.1,
    hasProbability: false,
    source: () => 'lookup 3-gram',
    hits: 0.34,
  },
  'early-exit': {
    acceptance: [0.42, 0.36],
    widths: [1, 1],
    draftMilliseconds: 19,
    hasProbability: true,
    source: () => 'layer 12',
  },
}

export interface SyntheticOptions {
  readonly tokens?: number
  readonly seed?: number
  readonly strategies?: readonly Strategy['name'][]
  readonly temperature?: number
  readonly isTypical?: boolean
}

export function syntheticRace(options: SyntheticOptions = {}): Race {
  const {
    tokens = 161,
    seed = 7,
    strategies = ['medusa', 'draft', 'lookup'],
    temperature = 0,
    isTypical = false,
  } = options
  const chosen = strategies.map((name) =>
    strategySchema.parse({
      name,
      draftLength: drafters[name]?.acceptance.length ?? 4,
      treeNodes: 10,
      acceptance: isTypical && name === 'medusa' ? 'typical' : 'exact',
    }),
  )
  const settings = raceRequestSchema.parse({
    modelId: 'small-talk',
    precision: 'int8',
    prompt: 'Explain why the sky is blue, to a ten-year-old.',
    strategies: chosen,
    sampling: { temperature, seed: 1207 },
    maxTokens: tokens,
  })
  const words = wordsOf(tokens)
  const runs = [strategySchema.parse({ name: 'plain' }), ...chosen].map((strategy, index) =>
    syntheticRun(strategy, words, seed + index, temperature),
  )
  return {
    format: 'atelier-race',
    id: `race-${seed}` as RaceId,
    jobId: `job-race-${seed}` as JobId,
    createdAt: 1_790_000_000_000 + seed * 3_600_000,
    settings,
    modelName: 'Small talk 135M',
    modelHash: '5d3c1f',
    precision: 'int8',
    provider: 'cpu',
    threads: 8,
    promptTokens: 41,
    runs,
    calibration: syntheticCalibration,
    partial: false,
    deletedAt: null,
  }
}

export const syntheticCalibration: Calibration = {
  modelId: 'small-talk' as ModelId,
  precision: 'int8',
  provider: 'cpu',
  threads: 8,
  contextLength: 256,
  measuredAt: 1_790_000_000_000,
  verify: [1, 2, 3, 4, 5, 6, 8, 12, 16].map((rows) => ({ rows, milliseconds: 24.6 * (1 + 0.075 * (rows - 1)) })),
  draft: { draft: 2.1, medusa: 0.9, lookup: 0.02, 'early-exit': 9.5 },
}

function syntheticRun(strategy: Strategy, words: readonly string[], seed: number, temperature: number): Run {
  const random = randomFrom(seed * 7919)
  const rounds: Round[] = []
  let at = 0
  while (at < words.length) {
    const round = syntheticRound(strategy, words, at, rounds.length, random)
    rounds.push(round)
    at += round.emitted.length
  }
  const milliseconds = rounds.reduce((sum, { milliseconds: m }) => sum + m.draft + m.verify + m.sample + m.commit, 0)
  return {
    strategy,
    text: words.join(''),
    tokens: words.length,
    finishReason: 'end',
    prefill: { target: 180, draft: strategy.name === 'draft' ? 40 : 0 },
    milliseconds,
    lossless: strategy.acceptance === 'exact',
    sameAsPlain: strategy.name === 'plain' ? true : temperature > 0 ? null : strategy.acceptance === 'exact',
    rounds,
  }
}

function syntheticRound(
  strategy: Strategy,
  words: readonly string[],
  at: number,
  index: number,
  random: () => number,
): Round {
  const drafter = drafters[strategy.name]
  const isDrafting = drafter !== undefined && random() < (drafter.hits ?? 1)
  const rest = words.length - at
  const depths = isDrafting ? Math.min(drafter.acceptance.length, rest - 1) : 0
  const nodes: DraftNode[] = []
  const rows: ExaminedRow[] = []
  const emitted: EmittedToken[] = []
  let parent = 0
  let isAlive = true
  for (let depth = 1; depth <= depths; depth += 1) {
    const word = words[at + depth - 1]!
    const p = 0.35 + 0.6 * random()
    if (isAlive) rows.push(syntheticRow(parent, word, p, random))
    const width = drafter!.widths[depth - 1]!
    const chance = drafter!.acceptance[depth - 1]! * (0.55 + 0.6 * p)
    const isRight = isAlive && random() < chance
    // A branch that is not the first choice may be the right one.
    const rightRank = isRight ? (width > 1 && random() < 0.25 ? 1 : 0) : -1
    let next = parent
    for (let rank = 0; rank < width; rank += 1) {
      const id = nodes.length + 1
      const isTaken = rank === rightRank
      const q = Math.max(0.02, (isTaken ? 0.3 + 0.5 * random() : 0.5 * random()) / (1 + 0.6 * rank))
      nodes.push({
        id,
        parent,
        token: isTaken ? tokenId(word) : Math.floor(random() * 400),
        text: isTaken ? word : ` ${wrongWords[Math.floor(random() * wrongWords.length)]!}`,
        depth,
        rank,
        source: drafter!.source(depth, rank),
        draftProbability: drafter!.hasProbability ? q : null,
        targetProbability: isAlive ? (isTaken ? p : (1 - p) * 0.4 * random()) : null,
        verdict: !isAlive ? 'unreached' : isTaken ? 'accepted' : 'refused',
      })
      if (isTaken || (rank === 0 && rightRank === -1)) next = id
    }
    if (isAlive && isRight) emitted.push(emittedToken(word, 'accepted', next, p))
    else isAlive = false
    parent = next
  }
  const last = emitted.at(-1)?.node ?? 0
  const own = words[at + emitted.length]
  if (own !== undefined) {
    const p = 0.35 + 0.6 * random()
    const origin = depths === 0 ? 'plain' : emitted.length === depths ? 'bonus' : 'corrected'
    if (!rows.some(({ node }) => node === last)) rows.push(syntheticRow(last, own, p, random))
    emitted.push(emittedToken(own, origin, last, p))
  }
  const jitter = () => 0.96 + 0.08 * random()
  const rowsVerified = 1 + nodes.length
  return {
    index,
    contextLength: 41 + at,
    nodes,
    rows,
    emitted,
    draftLength: depths,
    milliseconds: {
      draft: isDrafting ? drafter.draftMilliseconds * jitter() : 0,
      verify: 24.6 * (1 + 0.05 * (rowsVerified - 1)) * jitter(),
      sample: 0.6 * jitter(),
      commit: (nodes.length > 0 ? 1.1 : 0.2) * jitter(),
    },
  }
}

function emittedToken(word: string, origin: EmittedToken['origin'], node: number, p: number): EmittedToken {
  return { token: tokenId(word), text: word, origin, node, logProbability: Math.log(p) }
}

function syntheticRow(node: number, word: string, p: number, random: () => number): ExaminedRow {
  const shares = [p, (1 - p) * 0.45, (1 - p) * 0.22, (1 - p) * 0.12, (1 - p) * 0.06]
  const start = Math.floor(random() * wrongWords.length)
  const top = shares.map((probability, rank) => {
    const text = rank === 0 ? word : ` ${wrongWords[(start + rank) % wrongWords.length]!}`
    return { token: tokenId(text), text, probability }
  })
  const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0) + (1 - p) * 0.9
  return { node, entropy, top }
}

function tokenId(word: string): number {
  return [...word].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 49152, 7)
}
