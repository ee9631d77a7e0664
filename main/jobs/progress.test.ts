import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProgressMeter } from './progress'

describe('ProgressMeter', () => {
  it('shows no time left before anything was measured', () => {
    const meter = new ProgressMeter({ items: 1, steps: 10, measured: null })
    meter.stage('load', 'Reading weights', 0)
    expect(meter.read().eta).toBeNull()
    meter.step(0, 1, 0.9, 0.5)
    expect(meter.read().eta).not.toBeNull()
  })

  it('estimates the steps that are left from the seconds that steps took', () => {
    const meter = new ProgressMeter({ items: 1, steps: 10, measured: null })
    for (let step = 1; step <= 5; step += 1) meter.step(0, step, 0.5, 2)
    const { eta, secondsPerStep } = meter.read()
    expect(secondsPerStep).toBe(2)
    expect(eta?.low).toBeLessThan(10.5)
    expect(eta?.high).toBeGreaterThan(10)
  })

  it('never falls, whatever the run reports', () => {
    const event = fc.record({
      item: fc.nat({ max: 3 }),
      step: fc.nat({ max: 8 }),
      seconds: fc.double({ min: 0.001, max: 60, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const meter = new ProgressMeter({ items: 4, steps: 8, measured: null })
        let last = 0
        for (const { item, step, seconds } of events) {
          meter.step(item, step, 0.5, seconds)
          const { fraction } = meter.read()
          expect(fraction).toBeGreaterThanOrEqual(last)
          expect(fraction).toBeLessThanOrEqual(1)
          last = fraction
        }
      }),
    )
  })
})
