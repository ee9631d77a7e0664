import { expect, it } from 'vitest'
import type { PhaseStatistics, TurnStatistics } from '../../../contract/chat-statistics'
import { shortStatistics, statisticsRows } from './statistics'

function statistics(phases: PhaseStatistics[], firstTokenMilliseconds: number | null): TurnStatistics {
  return {
    phases,
    firstTokenMilliseconds,
    milliseconds: phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    context: { text: 1, vit: 0, vae: 0, limit: 2048 },
    provider: 'cpu',
    peakBytes: null,
  }
}

const speculation = {
  strategy: 'mtp',
  rounds: 10,
  drafted: 40,
  accepted: 29,
  acceptanceRate: 0.725,
  tokensPerForward: 3.9,
} as const

it('says the speed of words, when the first came, and what of the drafts was accepted', () => {
  const answer: PhaseStatistics = { phase: 'answer', milliseconds: 1000, tokens: 31, finishReason: 'end', speculation }
  expect(shortStatistics(statistics([answer], 420))).toBe('31 tok/s, first token 0.42 s, 73% accepted, 1.0 s')
  expect(statisticsRows(statistics([answer], 420)).at(-1)).toEqual({
    name: 'Speculation',
    value: '73% accepted',
    detail: '29 of 40 tokens in 10 rounds, 3.90 tokens a pass',
  })
})

it('says the time of a step and the passes that were saved where a picture was drawn', () => {
  const phases: PhaseStatistics[] = [
    { phase: 'prefill', milliseconds: 100, rows: 50, reusedRows: 12 },
    { phase: 'draw', milliseconds: 2400, steps: 24, passes: 30, passesSaved: 18 },
  ]
  expect(shortStatistics(statistics(phases, null))).toBe('0.10 s a step, 18 passes saved, 2.5 s')
  expect(statisticsRows(statistics(phases, null)).map(({ detail }) => detail)).toEqual([
    '50 rows, 500 rows/s, 12 kept',
    '24 steps, 0.10 s each, 30 passes, 18 saved',
  ])
})

it('divides by nothing where nothing was done', () => {
  const phases: PhaseStatistics[] = [{ phase: 'draw', milliseconds: 5, steps: 0, passes: 0, passesSaved: 0 }]
  expect(shortStatistics(statistics(phases, null))).toBe('5 ms')
  expect(statisticsRows(statistics(phases, null))[0]?.detail).toBe('0 steps, – each, 0 passes')
})
