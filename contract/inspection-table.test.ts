import { describe, expect, it } from 'vitest'
import { shapeText, toCsv, toMarkdown, type InspectionRow } from './inspection-table'

const row: InspectionRow = {
  node: 0, op: 'Conv', name: 'a|b', scope: 'stem', inputs: '1 x 3 x 8 x 8', outputs: '1 x 4 x 8 x 8', precision: 'float32', parameters: 112, storedBytes: 448,
  macs: null, elementOps: 256, bytesMoved: 2240, intensity: null, median: 0.125, p95: 0.5, share: 1, macsPerSecond: null, provider: 'cpu',
} // prettier-ignore

describe('the table of nodes as text', () => {
  it('leaves unknown numbers empty, and quotes what a comma would break', () => {
    const [head, line] = toCsv([{ ...row, name: 'say "x", y' }]).split('\r\n')
    expect(head).toMatch(/^op,name,scope,inputs/)
    expect(line).toContain('"say ""x"", y"')
    expect(line).toContain(',112,448,,256,')
  })

  it('hands no formula to a spreadsheet', () => {
    expect(toCsv([{ ...row, name: '=HYPERLINK("x")' }])).toContain(`"'=HYPERLINK(""x"")"`)
  })

  it('escapes what would end a cell in Markdown', () => {
    expect(toMarkdown([row])).toContain('| Conv | a\\|b | 1 x 4 x 8 x 8 | 112 |  |')
  })

  it('says a question mark for what is unknown of a shape', () => {
    expect([shapeText([1, null, 'h']), shapeText([]), shapeText(null)]).toEqual(['1 x ? x h', 'scalar', '?'])
  })
})
