import { strategyLabel } from './model/strategies'
import type { RunTrace } from './model/run-trace'
import type { ShownRace } from './race-store'
import { speedOf, speedupOf } from './selectors'

/**
 * What is said of a race to those who hear it: the first run's text sentence by sentence as it is written, and of every later run,
 * which writes the same, how fast it was. Called with each state of the race in turn.
 */
export type RaceTeller = (race: ShownRace) => string | null

const sentenceEnd = /[.!?…]["'”’)\]]*(?=\s)|\n/g

export function createRaceTeller(): RaceTeller {
  let jobId: ShownRace['jobId'] = null
  let heard = 0
  let rest = ''
  let runsOver = 0
  let isOver = false

  /** What was completed since the last time, whole sentences only until the run is over. */
  function written({ tokens, tokenCount, result }: RunTrace): string {
    for (; heard < tokenCount; heard += 1) rest += tokens[heard]!.text
    const end = result === null ? endOfSentences(rest) : rest.length
    const whole = rest.slice(0, end)
    rest = rest.slice(end)
    return whole.trim()
  }

  return (race) => {
    if (race.jobId === null || race.recorded !== null) return null
    if (race.jobId !== jobId) {
      // A race that was over before it was seen here has nothing left to tell.
      if (!race.isRunning) return null
      jobId = race.jobId
      heard = 0
      rest = ''
      runsOver = 0
      isOver = false
    }
    if (isOver) return null
    const told: string[] = []
    const [first] = race.runs
    // After a lost connection the race is told from its start: what was heard stays heard.
    if (first !== undefined && first.tokenCount >= heard) told.push(written(first))
    for (; race.runs[runsOver]?.result != null; runsOver += 1) told.push(runWords(race.runs[runsOver]!, race))
    if (!race.isRunning) {
      isOver = true
      told.push(race.isPartial ? 'The race was stopped.' : 'The race is over.')
    }
    return told.filter((part) => part !== '').join(' ') || null
  }
}

function endOfSentences(text: string): number {
  let end = 0
  for (const match of text.matchAll(sentenceEnd)) end = match.index + match[0].length
  return end
}

function runWords(run: RunTrace, race: ShownRace): string {
  const factor = speedupOf(run, race)
  const speed = `${speedOf(run).toFixed(1)} tokens a second`
  const against = factor === null || run.strategy.name === 'plain' ? '' : `, ${factor.toFixed(2)} times plain`
  return `${strategyLabel(run.strategy)}: ${speed}${against}.`
}
