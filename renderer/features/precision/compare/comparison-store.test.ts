import { describe, expect, it } from 'vitest'
import { jobIdSchema } from '../../../../contract/ids'
import { precisionRequestSchema } from '../../../../contract/precision'
import type { ColumnResult, PrecisionEvent } from '../../../../contract/precision-results'
import { sampleColumn } from '../testing/sample-comparison'
import { applyEvents, startedComparison } from './comparison-store'
import { newRecipe } from './form-store'

const settings = precisionRequestSchema.parse({
  modelId: 'sd3-emoji',
  subject: { kind: 'picture', prompt: 'a cat' },
  columns: [{ column: 'int4' }],
})
const start: PrecisionEvent = {
  type: 'start',
  modelName: 'Emoji',
  provider: 'cpu',
  threads: 2,
  mainRole: 'transformer',
  columns: [newRecipe('fp32'), newRecipe('int4')],
}
const result = (column: 'fp32' | 'int4'): ColumnResult => sampleColumn(column)

describe('a comparison that runs', () => {
  const begun = startedComparison(jobIdSchema.parse('job'), settings, 'Emoji')

  it('has its columns at once and their results as they come', () => {
    const shown = applyEvents(begun, [
      start,
      { type: 'column', column: 0 },
      { type: 'result', column: 0, result: result('fp32') },
      { type: 'column', column: 1 },
    ])
    expect(shown.columns.map((column) => column.result !== null)).toEqual([true, false])
    expect(shown).toMatchObject({ current: 1, machine: 'CPU, 2 threads', isRunning: true })
  })

  it('keeps what it has when a new connection tells everything again', () => {
    const seen = applyEvents(begun, [start, { type: 'result', column: 0, result: result('fp32') }])
    expect(applyEvents(seen, [start]).columns).toEqual(seen.columns)
  })

  it('shows the mix that a search found as a column after those that were asked for', () => {
    const mix = { ...result('int4'), recipe: { ...newRecipe('int4'), keep: ['head'] } }
    const told: readonly PrecisionEvent[] = [start, { type: 'result', column: 2, result: mix }]
    const shown = applyEvents(begun, told)
    expect(shown.columns.map((column) => column.result)).toEqual([null, null, mix])
    expect(shown.columns[2]!.recipe.keep).toEqual(['head'])
    expect(applyEvents(shown, told).columns).toEqual(shown.columns)
  })

  it('is over at the end, under the id by which it was filed', () => {
    const shown = applyEvents(begun, [start, { type: 'end', comparisonId: 'c1' as never }])
    expect(shown).toMatchObject({ isRunning: false, comparisonId: 'c1', current: null })
  })
})
