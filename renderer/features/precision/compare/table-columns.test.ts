import { describe, expect, it } from 'vitest'
import { sampleColumn } from '../testing/sample-comparison'
import { bestOf, comparisonCsv, tableColumns } from './table-columns'

const results = [sampleColumn('fp32'), sampleColumn('fp16'), sampleColumn('int4')]
const column = (key: string) => tableColumns(results).find((one) => one.key === key)!

describe('the table of precisions', () => {
  it('has only figures that were measured', () => {
    expect(tableColumns(results).map(({ key }) => key)).not.toContain('divergence')
    expect(tableColumns(results).map(({ key }) => key)).toContain('psnr')
  })

  it('calls the best error best among those that have one, which the reference has not', () => {
    expect([...bestOf(column('psnr'), results)].map(({ label }) => label)).toEqual(['fp16'])
  })

  it('calls nothing best where all are the same', () => {
    expect(bestOf(column('load'), results).size).toBe(0)
  })

  it('leaves out of the contest what could not be measured', () => {
    const broken = { ...sampleColumn('fp16'), failure: { code: 'INTERNAL' as const, message: 'no' } }
    expect(bestOf(column('psnr'), [results[0]!, broken, results[2]!]).size).toBe(0)
  })

  it('is a file with a row for each precision and no unit in its cells', () => {
    const lines = comparisonCsv(results).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^precision,arithmetic,disk,load,/)
    expect(Number(lines[1]!.split(',')[2])).toBe(40e6)
  })
})
