import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { formatProgress } from './progress-line'

const plain = pc.createColors(false)

describe('formatProgress', () => {
  it('shows stage, bar, step, sigma and the time left as a range', () => {
    const line = formatProgress(
      {
        stage: 'denoise',
        label: 'Denoising',
        item: 1,
        items: 4,
        step: 12,
        steps: 28,
        sigma: 0.8312,
        secondsPerStep: 0.1,
        fraction: 0.5,
        eta: { low: 5.5, high: 6.6 },
      },
      plain,
    )
    expect(line).toBe(
      `${'Denoising'.padEnd(28)} ${'━'.repeat(12)}${'─'.repeat(12)}  picture 2/4  step 12/28  σ 0.831  5.5–6.6 s left`,
    )
  })
})
