import { describe, expect, it } from 'vitest'
import { compare, failuresOf } from './testing/compare'
import { observe, readScenario, recordedNoise, scenarioNames, turnOf } from './testing/scenario'

// What the official code does at tiny random weights: training/goldens/bagel_make.py.

async function check(name: string, precision?: string): Promise<void> {
  const scenario = readScenario(name)
  const observed = await observe(
    turnOf(scenario),
    recordedNoise(scenario),
    precision === undefined ? {} : { precision },
  )
  expect(observed.error).toBeNull()
  const comparisons = compare(scenario, observed)
  expect(failuresOf(comparisons)).toEqual([])
  expect(comparisons.length).toBeGreaterThan(3)
}

describe('a turn equals the official code in', () => {
  it.each(scenarioNames)('%s', (name) => check(name))
})

describe('a decoder in two parts equals the official code in', () => {
  it.each(['read', 'draw-think', 'edit-global', 'edit-taylorseer'])('%s', (name) => check(name, 'float16-parts'))
})
