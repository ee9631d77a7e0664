// How long a turn will take, by what turns with the same model took on this machine.

import type { Answer } from '../../contract/chat'
import { chatLimits } from '../../contract/chat-settings'
import type { TurnWork } from '../chat/turn'
import { secondsOf, speedsAfter, type TurnSpeeds } from '../chat/turn-work'

/** Measured turns that count: the machine may have been another in older ones. */
const latest = 12

/** Fewer rows than these take as long as one forward does, and say nothing of the rows of a longer text. */
const fewestRows = 16

/**
 * Seconds of a turn as a range; null where nothing was measured that it needs.
 * @param answers of the same model and precision, the newest first
 */
export function turnSeconds(work: TurnWork, answers: readonly Answer[]): { low: number; high: number } | null {
  let speeds: TurnSpeeds | undefined
  for (const answer of answers.slice(0, latest).reverse()) {
    const phases = (answer.statistics?.phases ?? []).filter(
      (phase) => phase.phase !== 'prefill' || phase.rows >= fewestRows,
    )
    speeds = speedsAfter(phases, drawnSize(answer), speeds)
  }
  return speeds === undefined ? null : secondsOf(work, speeds)
}

/** Rows of a pass and pixels of the picture that an answer drew: a token is a square of pixels, and two rows are its ends. */
function drawnSize({ parameters: { drawing } }: Answer): Pick<TurnWork, 'passRows' | 'pixels'> {
  if (drawing === null) return { passRows: 0, pixels: 0 }
  const pixels = drawing.width * drawing.height
  return { passRows: pixels / chatLimits.sideMultiple ** 2 + 2, pixels }
}
