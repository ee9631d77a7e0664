import { describe, expect, it } from 'vitest'
import { DetectionProgress } from './detection-progress'

describe('progress of a folder', () => {
  it('is told no more than ten times a second, and at the end', () => {
    let now = 0
    const progress = new DetectionProgress(1000, 0, () => now)
    let told = 0
    for (let picture = 0; picture < 1000; picture++) {
      now += 5
      if (progress.next('a.jpg') !== null) told += 1
    }
    expect(told).toBeGreaterThan(40)
    expect(told).toBeLessThanOrEqual(51)
    expect(progress.read('').fraction).toBe(1)
  })

  it('tells the time that is left at the pace of the last seconds, with what was done before left out', () => {
    let now = 0
    const progress = new DetectionProgress(400, 100, () => now)
    expect(progress.read('Loading').eta).toBeNull()
    for (let picture = 0; picture < 100; picture++) {
      now += 200
      progress.next('a.jpg')
    }
    const { fraction, item, items, eta, secondsPerStep } = progress.read('a.jpg')
    expect({ fraction, item, items }).toEqual({ fraction: 0.5, item: 200, items: 400 })
    expect(secondsPerStep).toBeCloseTo(0.2, 6)
    expect((eta!.low + eta!.high) / 2).toBeCloseTo(40, 6)
  })
})
