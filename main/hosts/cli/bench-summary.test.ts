import { describe, expect, it } from 'vitest'
import type { Race, Run, StrategyName } from '../../../contract/speculation'
import { sampleRace } from '../../storage/testing/sample-records'
import { benchReport } from './bench-report'
import { overall, summarise } from './bench-summary'

function run(name: StrategyName, tokens: number, milliseconds: number): Run {
  const emitted = Array.from({ length: tokens }, () => ({
    token: 1,
    text: 'a',
    origin: 'plain' as const,
    node: 0,
    logProbability: 0,
  }))
  const stages = { draft: 0, verify: milliseconds, sample: 0, commit: 0 }
  return {
    strategy: { name, draftLength: 'adaptive', treeNodes: 7, acceptance: 'exact' },
    text: '',
    tokens,
    finishReason: 'length',
    prefill: { target: 1, draft: 0 },
    milliseconds,
    lossless: true,
    sameAsPlain: true,
    rounds: [{ index: 0, contextLength: 1, nodes: [], rows: [], emitted, draftLength: 0, milliseconds: stages }],
  }
}

const race = (factor: number): Race =>
  sampleRace('r', 1, { runs: [run('plain', 100, 1000), run('lookup', 100, 1000 / factor)] })

describe('the bench', () => {
  const summary = summarise([
    { category: 'chat', race: race(1) },
    { category: 'chat', race: race(4) },
    { category: 'Copying and editing', race: race(8) },
  ])

  it('takes the geometric mean of the speed-ups of a category', () => {
    expect(summary.cells['chat']?.lookup?.speedup).toBeCloseTo(2, 10)
    expect(summary.cells['chat']?.plain?.speedup).toBe(1)
    expect(summary.cells['chat']?.lookup?.totalSpeedup).toBeCloseTo(200 / 1.25 / 100, 10)
  })

  it('leaves copying out of the overall column', () => {
    expect(summary.cells[overall]?.lookup?.prompts).toBe(2)
    expect(summary.cells['Copying and editing']?.lookup?.speedup).toBeCloseTo(8, 10)
  })

  it('writes a page that stands by itself, with nothing of the prompt read as markup', () => {
    const page = benchReport(summary, { model: '<script>x</script>' })
    expect(page).not.toContain('<script>')
    expect(page).toContain('2.00×')
    expect(page.match(/<svg/g)).toHaveLength(3)
  })
})
