import type { PhaseStatistics, TextSpeculation, TurnStatistics } from '../../../contract/chat-statistics'
import { formatMilliseconds, formatSeconds, groupDigits, plural } from '../../ui/format'

/** The quiet line under an answer: "31 tok/s, first token 0.42 s", "24 steps, 19.4 s". */
export function shortStatistics(statistics: TurnStatistics): string {
  const facts: string[] = []
  const draw = statistics.phases.find((phase) => phase.phase === 'draw')
  const written = statistics.phases.findLast((phase) => phase.phase === 'answer' || phase.phase === 'think')
  if (draw?.phase === 'draw' && draw.steps > 0) facts.push(`${secondsPerStep(draw)} a step`)
  else if (written !== undefined && 'tokens' in written && written.tokens > 0) facts.push(tokenRate(written))
  if (draw === undefined && statistics.firstTokenMilliseconds !== null) {
    facts.push(`first token ${formatMilliseconds(statistics.firstTokenMilliseconds)}`)
  }
  const speculation = statistics.phases
    .map((phase) => ('speculation' in phase ? phase.speculation : null))
    .find(Boolean)
  if (speculation?.acceptanceRate != null) facts.push(`${percent(speculation.acceptanceRate)} accepted`)
  if (draw?.phase === 'draw' && draw.passesSaved > 0) facts.push(`${plural(draw.passesSaved, 'pass', 'passes')} saved`)
  facts.push(formatMilliseconds(statistics.milliseconds))
  return facts.join(', ')
}

export interface StatisticsRow {
  readonly name: string
  readonly value: string
  /** How fast, or what it was made of. */
  readonly detail: string
}

const phaseNames = {
  load: 'Load',
  prefill: 'Prefill',
  think: 'Think',
  answer: 'Answer',
  draw: 'Draw',
  decode: 'Decode picture',
} as const

/** One row a phase, then what the turn took as a whole. */
export function statisticsRows(statistics: TurnStatistics): StatisticsRow[] {
  const rows = statistics.phases.map((phase) => ({
    name: phaseNames[phase.phase],
    value: formatMilliseconds(phase.milliseconds),
    detail: phaseDetail(phase),
  }))
  const speculations = statistics.phases.flatMap((phase) =>
    'speculation' in phase && phase.speculation !== null ? [phase.speculation] : [],
  )
  return [...rows, ...speculations.map(speculationRow)]
}

function phaseDetail(phase: PhaseStatistics): string {
  switch (phase.phase) {
    case 'load':
    case 'decode':
      return ''
    case 'prefill': {
      const rate = rateOf(phase.rows, phase.milliseconds)
      const reused = phase.reusedRows > 0 ? `, ${groupDigits(phase.reusedRows)} kept` : ''
      return `${plural(phase.rows, 'row')}${rate === null ? '' : `, ${rate} rows/s`}${reused}`
    }
    case 'think':
    case 'answer': {
      const cut = phase.finishReason === 'length' ? ', cut at its limit' : ''
      return `${plural(phase.tokens, 'token')}, ${tokenRate(phase)}${cut}`
    }
    case 'draw': {
      const saved = phase.passesSaved > 0 ? `, ${groupDigits(phase.passesSaved)} saved` : ''
      return `${plural(phase.steps, 'step')}, ${secondsPerStep(phase)} each, ${plural(phase.passes, 'pass', 'passes')}${saved}`
    }
  }
}

function speculationRow({
  acceptanceRate,
  accepted,
  drafted,
  rounds,
  tokensPerForward,
}: TextSpeculation): StatisticsRow {
  const rate = acceptanceRate === null ? 'nothing drafted' : `${percent(acceptanceRate)} accepted`
  return {
    name: 'Speculation',
    value: rate,
    detail: `${groupDigits(accepted)} of ${plural(drafted, 'token')} in ${plural(rounds, 'round')}, ${tokensPerForward.toFixed(2)} tokens a pass`,
  }
}

function secondsPerStep({ milliseconds, steps }: { milliseconds: number; steps: number }): string {
  return steps === 0 ? '–' : formatSeconds(milliseconds / 1000 / steps)
}

function tokenRate({ tokens, milliseconds }: { tokens: number; milliseconds: number }): string {
  const rate = rateOf(tokens, milliseconds)
  return rate === null ? '–' : `${rate} tok/s`
}

function rateOf(count: number, milliseconds: number): string | null {
  if (milliseconds <= 0 || count === 0) return null
  const rate = (1000 * count) / milliseconds
  return rate >= 10 ? groupDigits(rate) : rate.toFixed(1)
}

export function percent(share: number): string {
  const value = share * 100
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}%`
}
