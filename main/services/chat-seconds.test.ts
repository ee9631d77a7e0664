import { describe, expect, it } from 'vitest'
import { drawingSchema } from '../../contract/chat-settings'
import type { PhaseStatistics } from '../../contract/chat-statistics'
import { sampleAnswer, sampleParameters } from '../storage/testing/sample-conversations'
import { turnSeconds } from './chat-seconds'

const drawing = drawingSchema.parse({
  width: 64,
  height: 64,
  steps: 8,
  shift: 3,
  textScale: 4,
  imageScale: 1,
  interval: [0, 1],
  renorm: 'global',
  renormMin: 0,
  taylorSeer: false,
})
const measured = (...phases: PhaseStatistics[]) =>
  sampleAnswer('a', 'q', '', {
    parameters: { ...sampleParameters, drawing },
    statistics: {
      phases,
      firstTokenMilliseconds: null,
      milliseconds: 0,
      context: { text: 0, vit: 0, vae: 0, limit: 1 },
      provider: 'cpu',
      peakBytes: null,
    },
  })
const prefill = (rows: number, milliseconds: number): PhaseStatistics => ({
  phase: 'prefill',
  rows,
  milliseconds,
  reusedRows: 0,
})
const answer = (tokens: number, milliseconds: number): PhaseStatistics => ({
  phase: 'answer',
  tokens,
  milliseconds,
  finishReason: 'end',
  speculation: null,
})
const draw = (passes: number, milliseconds: number): PhaseStatistics => ({
  phase: 'draw',
  steps: 7,
  passes,
  passesSaved: 0,
  milliseconds,
})
const decoded: PhaseStatistics = { phase: 'decode', milliseconds: 40 }
const words = { prefillRows: 100, tokens: 50, passes: 0, passRows: 0, pixels: 0 }
const picture = { ...words, tokens: 0, passes: 20, passRows: 18, pixels: 4096 }

describe('how long a turn takes', () => {
  it('is not said before it was measured', () => {
    expect(turnSeconds(words, [])).toBeNull()
    // Words were measured, drawing was not.
    expect(turnSeconds(picture, [measured(prefill(20, 200), answer(10, 100))])).toBeNull()
    expect(turnSeconds(words, [measured(prefill(20, 200), draw(10, 100), decoded)])).toBeNull()
  })

  it('is a range that holds what 100 rows at 10 ms and 50 tokens at 20 ms come to', () => {
    const range = turnSeconds(words, [measured(prefill(20, 200), answer(20, 400))])!
    expect(range.high).toBeGreaterThan(2)
    expect(range.high).toBeLessThan(3)
    expect(range.low).toBeLessThan(1)
  })

  it('of a picture grows with its size, and its passes are all needed', () => {
    const before = [measured(prefill(20, 20), draw(40, 4000), decoded)]
    const range = turnSeconds(picture, before)!
    expect(range.low).toBeGreaterThan(1.5)
    const larger = turnSeconds({ ...picture, passRows: 66, pixels: 16_384 }, before)!
    expect(larger.low / range.low).toBeCloseTo(66 / 18, 0)
  })

  it('goes by the latest turn, but not by one that read a handful of rows', () => {
    const older = measured(prefill(100, 1000), answer(10, 100))
    const newer = measured(prefill(2, 500), answer(10, 1000))
    const [by, of] = [turnSeconds(words, [newer, older])!, turnSeconds(words, [older])!]
    expect(by.high).toBeGreaterThan(of.high)
    expect(by.high).toBeLessThan(1.3 * (1 + 5) + 0.01)
  })
})
