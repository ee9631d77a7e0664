// How long a turn will take, by what turns with the same model took on this machine.

import type { Answer } from '../../contract/chat'
import type { TurnWork } from '../chat/turn'

/** Measured turns that count: the machine may have been another in older ones. */
const latest = 12

/** Milliseconds for one row, token, pass; null where none was measured. */
interface Pace {
  readonly row: number | null
  readonly token: number | null
  readonly pass: number | null
  readonly rest: number
}

/**
 * Seconds of a turn as a range; null where nothing was measured that it needs.
 * @param answers of the same model and precision, the newest first
 */
export function turnSeconds(work: TurnWork, answers: readonly Answer[]): { low: number; high: number } | null {
  const pace = paceOf(answers.slice(0, latest))
  const draws = work.passes > 0
  if (pace.row === null || (draws ? pace.pass === null : pace.token === null)) return null
  const reading = work.prefillRows * pace.row
  const drawing = work.passes * (pace.pass ?? 0)
  const writing = work.tokens * (pace.token ?? 0)
  // What was read before need not be read again, and an answer may be a word or fill its limit.
  const low = drawing + pace.rest
  const high = reading + drawing + writing + pace.rest
  return { low: (0.9 * low + (draws ? 0 : (pace.token ?? 0))) / 1000, high: (1.2 * high) / 1000 }
}

function paceOf(answers: readonly Answer[]): Pace {
  const sums = { rows: 0, reading: 0, tokens: 0, writing: 0, passes: 0, drawing: 0, rest: 0 }
  let turns = 0
  for (const { statistics } of answers) {
    if (statistics === null) continue
    turns += 1
    for (const phase of statistics.phases) {
      switch (phase.phase) {
        case 'prefill':
          sums.rows += phase.rows
          sums.reading += phase.milliseconds
          break
        case 'think':
        case 'answer':
          sums.tokens += phase.tokens
          sums.writing += phase.milliseconds
          break
        case 'draw':
          sums.passes += phase.passes
          sums.drawing += phase.milliseconds
          break
        case 'decode':
          sums.rest += phase.milliseconds
          break
        case 'load':
          break
      }
    }
  }
  const each = (total: number, count: number): number | null => (count === 0 ? null : total / count)
  return {
    row: each(sums.reading, sums.rows),
    token: each(sums.writing, sums.tokens),
    pass: each(sums.drawing, sums.passes),
    rest: turns === 0 ? 0 : sums.rest / turns,
  }
}
