import { formatBytes, groupDigits } from '../../../ui/format'
import type { Opened } from '../context'
import { metricWords, type Metric } from '../model/costs'
import { formatMacs, formatShare, formatTime, needsDims } from '../model/figures'
import type { Fact } from './facts'

interface Cost {
  readonly parameters: number
  readonly storedBytes: number
  readonly macs: number | null
  readonly macsAtLeast: number | null
  readonly time: number | null
}

/** A part's cost, each figure with what it is measured against. */
export function costFacts(
  { costs }: Opened,
  { parameters, storedBytes, macs, macsAtLeast, time }: Cost,
): readonly Fact[] {
  return [
    ['Parameters', `${groupDigits(parameters)}${ofWhole(parameters, costs.total.parameters, 'parameters')}`],
    ...(storedBytes > 0 ? [['Stored', formatBytes(storedBytes)] as const] : []),
    [
      'Multiply-adds',
      macs === null ? unknownMacs(macsAtLeast) : `${formatMacs(macs)}${ofWhole(macs, costs.total.macs, 'macs')}`,
    ],
    ...(time === null ? [] : [['Time', `${formatTime(time)}${ofWhole(time, costs.total.time, 'time')}`] as const]),
  ]
}

function unknownMacs(atLeast: number | null): string {
  return atLeast === null || atLeast === 0 ? needsDims : `${needsDims}, at least ${formatMacs(atLeast)}`
}

/** ", 13 % of 252 MMAC". */
function ofWhole(value: number, whole: number | null, metric: Metric): string {
  if (whole === null || whole === 0) return ''
  return `, ${formatShare(value / whole)} of ${metricWords(metric, whole)}`
}
