import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InspectionRow } from '../../../../contract/inspection-table'
import { arrangeRows } from './rows'
import type { TableState } from './table-store'

const state = (patch: Partial<TableState> = {}): TableState => ({ sort: null, filter: '', pinned: new Set(), ...patch })

function row(node: number, patch: Partial<InspectionRow> = {}): InspectionRow {
  return {
    node,
    op: 'Conv',
    name: `conv${node}`,
    scope: 'backbone',
    inputs: '1 x 3 x 8 x 8',
    outputs: '1 x 4 x 8 x 8',
    precision: 'float32',
    parameters: 0,
    storedBytes: 0,
    macs: null,
    elementOps: null,
    bytesMoved: null,
    intensity: null,
    median: null,
    p95: null,
    share: null,
    macsPerSecond: null,
    provider: '',
    ...patch,
  }
}

describe('the table of nodes', () => {
  it('sorts figures either way, and leaves unknown ones at the end both times', () => {
    const rows = [row(0, { macs: 5 }), row(1), row(2, { macs: 9 })]
    const order = (isDescending: boolean) =>
      arrangeRows(rows, state({ sort: { column: 'macs', isDescending } })).map(({ node }) => node)
    expect([order(true), order(false)]).toEqual([
      [2, 0, 1],
      [0, 2, 1],
    ])
  })

  it('finds rows that hold every word of the filter', () => {
    const rows = [row(0), row(1, { op: 'Relu' }), row(2, { scope: 'head' })]
    expect(arrangeRows(rows, state({ filter: 'conv HEAD' })).map(({ node }) => node)).toEqual([2])
  })

  it('keeps pinned rows on top, even those that the filter leaves out', () => {
    const rows = [row(0), row(1, { op: 'Relu', name: 'r' }), row(2)]
    expect(arrangeRows(rows, state({ filter: 'conv', pinned: new Set([1]) })).map(({ node }) => node)).toEqual([
      1, 0, 2,
    ])
  })

  it('neither loses nor repeats a row, however it is sorted', () => {
    const values = fc.array(fc.option(fc.integer(), { nil: null }), { maxLength: 60 })
    fc.assert(
      fc.property(values, fc.boolean(), (macs, isDescending) => {
        const rows = macs.map((value, node) => row(node, { macs: value }))
        const shown = arrangeRows(rows, state({ sort: { column: 'macs', isDescending } }))
        expect(shown.map(({ node }) => node).toSorted((a, b) => a - b)).toEqual(rows.map(({ node }) => node))
      }),
    )
  })
})
