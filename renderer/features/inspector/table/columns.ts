import type { InspectionRow } from '../../../../contract/inspection-table'
import { formatBytes, groupDigits } from '../../../ui/format'
import { formatShare, megaMacs, threeFigures } from '../model/figures'

export type ColumnKey = Exclude<keyof InspectionRow, 'node' | 'scope'>

export interface Column {
  readonly key: ColumnKey
  readonly label: string
  /** What the figures are in, for the heading. */
  readonly unit?: string
  /** What the column means, for those who wonder. */
  readonly hint: string
  readonly width: number
  /** Null where the row's value is a word already. */
  readonly format: ((value: number) => string) | null
  /** A missing figure waits for a size, or for a measurement. */
  readonly waitsFor?: 'dims' | 'time'
}

const milliseconds = (value: number) => (value >= 0.0995 ? value.toFixed(2) : value.toFixed(3))

/** The table's columns, from left to right. */
export const columns: readonly Column[] = [
  { key: 'op', label: 'Op', hint: 'Operator', width: 112, format: null },
  { key: 'name', label: 'Name', hint: 'Name of the node', width: 144, format: null },
  { key: 'inputs', label: 'In', hint: 'Shapes of what comes in, without weights', width: 128, format: null },
  { key: 'outputs', label: 'Out', hint: 'Shapes of what goes out', width: 112, format: null },
  {
    key: 'parameters',
    label: 'Params',
    hint: 'Parameters of its weights; shared ones count at their first use',
    width: 76,
    format: groupDigits,
  },
  { key: 'storedBytes', label: 'Stored', hint: 'Bytes of its weights as stored', width: 68, format: formatBytes },
  {
    key: 'macs',
    label: 'MMAC',
    hint: 'Millions of multiply-adds; one is two FLOPs where others count those',
    width: 76,
    format: megaMacs,
    waitsFor: 'dims',
  },
  {
    key: 'elementOps',
    label: 'Element ops',
    unit: 'M',
    hint: 'Millions of other operations on single elements',
    width: 104,
    format: megaMacs,
    waitsFor: 'dims',
  },
  {
    key: 'bytesMoved',
    label: 'Moved',
    hint: 'Bytes of its inputs, weights and outputs',
    width: 84,
    format: formatBytes,
    waitsFor: 'dims',
  },
  {
    key: 'intensity',
    label: 'MAC/B',
    hint: 'Multiply-adds for each byte moved: low is bound by memory',
    width: 76,
    format: threeFigures,
    waitsFor: 'dims',
  },
  {
    key: 'median',
    label: 'ms',
    unit: 'median',
    hint: 'Measured here',
    width: 96,
    format: milliseconds,
    waitsFor: 'time',
  },
  {
    key: 'p95',
    label: 'ms',
    unit: 'p95',
    hint: 'Of a hundred runs, five are slower',
    width: 80,
    format: milliseconds,
    waitsFor: 'time',
  },
  {
    key: 'share',
    label: '%',
    unit: 'of time',
    hint: 'Share of the time of all kernels',
    width: 88,
    format: formatShare,
    waitsFor: 'time',
  },
  {
    key: 'macsPerSecond',
    label: 'GMAC/s',
    hint: 'Multiply-adds a second, in billions',
    width: 84,
    format: (value) => threeFigures(value / 1e9),
    waitsFor: 'time',
  },
  { key: 'precision', label: 'Precision', hint: 'Element type of what goes out', width: 88, format: null },
  { key: 'provider', label: 'Provider', hint: 'What of the runtime ran it', width: 184, format: null },
]

export function isFigure({ format }: Column): boolean {
  return format !== null
}
