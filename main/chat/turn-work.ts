// How much there is to do in a turn, and how long that takes by what was measured here before.

import type { PhaseStatistics } from '../../contract/chat-statistics'
import type { RowPlan } from './context-rows'
import type { BagelFacts } from './manifest'
import { countPasses, isGuided, timesteps } from './schedule'
import { totalRows, type Transcript } from './transcript'
import type { ChatTurn, TurnWork } from './turn'

/** Whether guidance reads the texts apart: where there are pictures to lead away from. */
export function needsTextContext({ drawing }: ChatTurn, { blocks, textOnly }: Transcript): boolean {
  if (drawing === null || drawing.imageScale <= 1 || textOnly.length === blocks.length) return false
  return timesteps(drawing.steps, drawing.shift).some((time) => time > 0 && isGuided(time, drawing))
}

export function workOf(turn: ChatTurn, transcript: Transcript, plan: RowPlan, facts: BagelFacts): TurnWork {
  const { drawing, thinking, maxTokens } = turn
  const { blocks, textOnly, withoutText } = transcript
  const apart = needsTextContext(turn, transcript)
  const thought = thinking.kind === 'write' ? thinking.maxTokens : 0
  const isThoughtful = thinking.kind !== 'none'
  const branches = {
    withoutText: withoutText < blocks.length || isThoughtful,
    // The texts without the thought are something else than the whole.
    withoutPictures: apart || isThoughtful,
  }
  const side = facts.latentDownsample
  return {
    prefillRows: plan.rows.total + (apart ? totalRows(textOnly) : 0),
    tokens: thought + (drawing === null ? maxTokens : 0),
    passes: drawing === null ? 0 : countPasses(drawing, branches).run,
    passRows: plan.size === null ? 0 : (plan.size.width / side) * (plan.size.height / side) + 2,
    pixels: plan.size === null ? 0 : plan.size.width * plan.size.height,
  }
}

/** Seconds for one unit of each kind of work; null for what was not measured yet. */
export interface TurnSpeeds {
  readonly prefillRow: number | null
  readonly token: number | null
  /** One row through one pass of a drawing. */
  readonly passRow: number | null
  /** One pixel of the decoded picture. */
  readonly pixel: number | null
}

const unknownSpeeds: TurnSpeeds = { prefillRow: null, token: null, passRow: null, pixel: null }

/**
 * Speeds after a turn: those that it measured, and the earlier ones for the rest.
 * @param work of that turn, for the sizes that its statistics do not say
 */
export function speedsAfter(
  phases: readonly PhaseStatistics[],
  work: Pick<TurnWork, 'passRows' | 'pixels'>,
  before: TurnSpeeds = unknownSpeeds,
): TurnSpeeds {
  const speeds: { -readonly [K in keyof TurnSpeeds]: TurnSpeeds[K] } = { ...before }
  const per = (milliseconds: number, count: number, known: number | null): number | null =>
    count > 0 ? milliseconds / 1000 / count : known
  for (const phase of phases) {
    if (phase.phase === 'prefill') speeds.prefillRow = per(phase.milliseconds, phase.rows, speeds.prefillRow)
    else if (phase.phase === 'draw') {
      speeds.passRow = per(phase.milliseconds, phase.passes * work.passRows, speeds.passRow)
    } else if (phase.phase === 'decode') speeds.pixel = per(phase.milliseconds, work.pixels, speeds.pixel)
    else if (phase.phase !== 'load') speeds.token = per(phase.milliseconds, phase.tokens, speeds.token)
  }
  return speeds
}

/** An answer may be over after a fraction of the tokens that it may have, and earlier turns may have left rows that count for it. */
const least = { tokens: 0.1, prefill: 0, slack: 0.9 } as const
/** Other programs, and rows that look back on more than those that were measured. */
const mostSlack = 1.3

/** Seconds that a turn takes, weights not counted; null where something that it does was never measured. */
export function secondsOf(work: TurnWork, speeds: TurnSpeeds): { low: number; high: number } | null {
  const counts = [
    [work.prefillRows, speeds.prefillRow, least.prefill],
    [work.tokens, speeds.token, least.tokens],
    [work.passes * work.passRows, speeds.passRow, 1],
    [work.pixels, speeds.pixel, 1],
  ] as const
  const result = { low: 0, high: 0 }
  for (const [count, speed, share] of counts) {
    if (count === 0) continue
    if (speed === null) return null
    result.low += count * speed * share * least.slack
    result.high += count * speed * mostSlack
  }
  return result
}
