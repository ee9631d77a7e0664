import type { Race, StrategyName } from '../../../contract/speculation'
import { acceptanceStatistics, speedup } from '../../../contract/speculation-statistics'
import { plainRun } from './race-output'

/** One strategy in one category, over all its prompts. */
export interface BenchCell {
  readonly prompts: number
  readonly tokens: number
  /** Accepted over drafted tokens, all prompts together. */
  readonly acceptanceRate: number | null
  /** Tokens for each forward of the target. */
  readonly tokensPerForward: number
  /** Geometric mean of the prompts' speed-ups over plain decoding. */
  readonly speedup: number
  /** All tokens over all time, against plain decoding's. */
  readonly totalSpeedup: number
  readonly tokensPerSecond: number
  /** Prompts on which the text was plain decoding's; null where sampling makes the question moot. */
  readonly sameText: number | null
}

export interface BenchSummary {
  readonly categories: readonly string[]
  readonly strategies: readonly StrategyName[]
  readonly cells: Readonly<Record<string, Readonly<Partial<Record<StrategyName, BenchCell>>>>>
}

export interface BenchEntry {
  readonly category: string
  readonly race: Race
}

/** The column of all prompts but those of the copying tasks, which are reported apart. */
export const overall = 'overall'
const apart = 'Copying and editing'

export function summarise(entries: readonly BenchEntry[]): BenchSummary {
  const categories = [...new Set(entries.map(({ category }) => category))]
  const strategies = [...new Set(entries.flatMap(({ race }) => race.runs.map(({ strategy }) => strategy.name)))]
  const cells: Record<string, Partial<Record<StrategyName, BenchCell>>> = {}
  for (const category of [...categories, overall]) {
    const races = entries.filter((entry) =>
      category === overall ? entry.category !== apart : entry.category === category,
    )
    cells[category] = Object.fromEntries(
      strategies.flatMap((name) => {
        const cell = cellOf(
          races.map(({ race }) => race),
          name,
        )
        return cell === null ? [] : [[name, cell]]
      }),
    )
  }
  return { categories: [...categories, overall], strategies, cells }
}

function cellOf(races: readonly Race[], name: StrategyName): BenchCell | null {
  let tokens = 0
  let milliseconds = 0
  let plainTokens = 0
  let plainMilliseconds = 0
  let logarithms = 0
  let drafted = 0
  let accepted = 0
  let forwards = 0
  let prompts = 0
  let same: number | null = 0
  for (const race of races) {
    const run = race.runs.find(({ strategy }) => strategy.name === name)
    const plain = plainRun(race)
    const factor = run === undefined ? null : name === 'plain' ? 1 : speedup(run, plain)
    if (run === undefined || plain === undefined || factor === null) continue
    const statistics = acceptanceStatistics(run.rounds)
    prompts += 1
    tokens += run.tokens
    milliseconds += run.milliseconds
    plainTokens += plain.tokens
    plainMilliseconds += plain.milliseconds
    logarithms += Math.log(factor)
    drafted += statistics.drafted
    accepted += statistics.accepted
    forwards += run.rounds.length
    same = same === null || run.sameAsPlain === null ? null : same + (run.sameAsPlain ? 1 : 0)
  }
  if (prompts === 0) return null
  return {
    prompts,
    tokens,
    acceptanceRate: drafted === 0 ? null : accepted / drafted,
    tokensPerForward: tokens / forwards,
    speedup: Math.exp(logarithms / prompts),
    totalSpeedup: tokens / milliseconds / (plainTokens / plainMilliseconds),
    tokensPerSecond: (1000 * tokens) / milliseconds,
    sameText: same,
  }
}
