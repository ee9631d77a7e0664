import { describe, expect, it } from 'vitest'
import { simulatedSpeedup, type Costs, type KnownText } from './simulated-race'

const costs: Costs = { rows: [8, 9, 10, 11, 12], first: 1, further: 0.5, rest: 0.2 }

/** A text without repetitions, of whose tokens the module guesses the given share. */
function text(rightEvery: number): KnownText {
  const tokens = Array.from({ length: 140 }, (_, index) => 100 + index)
  const isRight = (row: number): boolean => row % rightEvery === 0
  const ids = [0, 1, 2].map((depth) => tokens.map((_, row) => (isRight(row + depth) ? 100 + row + depth + 2 : 1)))
  const confidence = [0, 1, 2].map((depth) => tokens.map((_, row) => (isRight(row + depth) ? 0.95 : 0.05)))
  return { tokens, prompt: 20, ids, confidence }
}

describe('A simulated race', () => {
  it('is the faster the more of the guesses are right', async () => {
    const [all, half, none] = await Promise.all(
      [1, 2, 1000].map((rightEvery) => simulatedSpeedup('mtp', text(rightEvery), costs)),
    )
    expect(all).toBeGreaterThan(2)
    expect(half).toBeGreaterThan(1.2)
    expect(half).toBeLessThan(all!)
    expect(none).toBeGreaterThan(0.9)
    expect(none).toBeLessThan(1)
  })

  it('gives the same number every time', async () => {
    expect(await simulatedSpeedup('lookup-mtp', text(2), costs)).toBe(
      await simulatedSpeedup('lookup-mtp', text(2), costs),
    )
  })

  it('costs more where rows do', async () => {
    const dear = { ...costs, rows: costs.rows.map((row, index) => row + index) }
    expect(await simulatedSpeedup('mtp', text(2), dear)).toBeLessThan(await simulatedSpeedup('mtp', text(2), costs))
  })
})
