import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { formatProgress, formatTimeLeft } from './progress-line'

const plain = pc.createColors(false)

describe('formatTimeLeft', () => {
  it('gives both ends in seconds, with a decimal while they are few', () => {
    expect(formatTimeLeft({ low: 5.52, high: 12.4 })).toBe('5.5–12 s left')
  })

  it('gives both ends in minutes once the later one is far', () => {
    expect(formatTimeLeft({ low: 70, high: 95 })).toBe('1–2 min left')
    expect(formatTimeLeft({ low: 150, high: 290 })).toBe('2–5 min left')
    expect(formatTimeLeft({ low: 180, high: 180 })).toBe('3 min left')
  })
})

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

  it('counts runs and tokens where text is written', () => {
    const progress = {
      stage: 'generate' as const,
      label: 'Writing',
      item: 0,
      items: 3,
      step: 12,
      steps: 160,
      sigma: null,
      secondsPerStep: 0.1,
      fraction: 0,
      eta: null,
    }
    expect(formatProgress(progress, plain)).toBe(`${'Writing'.padEnd(28)} ${'─'.repeat(24)}  run 1/3  token 12/160`)
  })
})
