import { speedup } from '../../../contract/speculation-statistics'
import { durationOf, type RunTrace } from './model/run-trace'
import type { ShownRace } from './race-store'
import { baselineOf } from './race-store'

/** Tokens a second of decoding. */
export function speedOf(run: RunTrace): number {
  const milliseconds = run.result?.milliseconds ?? durationOf(run)
  return milliseconds === 0 ? 0 : (1000 * run.tokenCount) / milliseconds
}

/** Index of the run with the most tokens a second, plain decoding left out where there is another. */
export function fastestRun(race: ShownRace): number {
  let best = 0
  let most = -1
  race.runs.forEach((run, index) => {
    const speed = run.strategy.name === 'plain' ? 0 : speedOf(run)
    if (speed > most) {
      best = index
      most = speed
    }
  })
  return best
}

/** Against plain decoding of the same race; null while either is not over. */
export function speedupOf(run: RunTrace, race: Pick<ShownRace, 'runs'>): number | null {
  const plain = baselineOf(race)
  if (plain === undefined || run.result === null) return null
  if (plain.result === null) return null
  return speedup({ ...run.result, rounds: [] }, { ...plain.result, rounds: [] })
}

/** "greedy" or the temperature, for headings. */
export function samplingWords({ temperature }: { readonly temperature: number }): string {
  return temperature === 0 ? 'greedy' : `temperature ${temperature}`
}

/**
 * How a run's text stands to plain decoding's. "exact" is a text that parts from the plain run's and is still what plain decoding
 * writes when it reads as many rows at a time: forwards of one row and of several round differently, and a near tie can then fall
 * the other way. Null for plain decoding itself, and where sampling makes the question moot.
 */
export function textAgainstPlain(run: RunTrace, plain: RunTrace | undefined): 'same' | 'exact' | 'differs' | null {
  if (run.strategy.name === 'plain' || run.result === null || run.result.sameAsPlain === null) return null
  if (!run.result.sameAsPlain) return 'differs'
  return plain?.result == null || plain.result.text === run.result.text ? 'same' : 'exact'
}

/** What the race says about the texts: the same in all, or not, or a moot question. */
export function sameTextWords(race: ShownRace): string | null {
  const compared = race.runs.filter(({ strategy, result }) => strategy.name !== 'plain' && result !== null)
  const plain = baselineOf(race)
  const answers = compared.map((run) => textAgainstPlain(run, plain))
  if (answers.length === 0) return null
  if (answers.every((answer) => answer === 'same')) return `output identical in all ${numberWord(race.runs.length)}`
  const differing = answers.filter((answer) => answer === 'differs').length
  if (differing === 0 && answers.includes('exact')) return 'all exact; texts part at near ties'
  if (differing > 0) return `output differs in ${numberWord(differing)} of ${numberWord(compared.length)}`
  return 'sampled: texts may differ, the distribution does not'
}

function numberWord(count: number): string {
  return ['none', 'one', 'two', 'three', 'four', 'five'][count] ?? String(count)
}
