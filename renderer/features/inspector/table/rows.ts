import type { InspectionRow } from '../../../../contract/inspection-table'
import type { ColumnKey } from './columns'
import type { TableState } from './table-store'

/** The rows as they are shown: those that fit the filter, in the chosen order, pinned ones on top. */
export function arrangeRows(
  rows: readonly InspectionRow[],
  { sort, filter, pinned }: TableState,
): readonly InspectionRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (row: InspectionRow): boolean => {
    const about = wordsOf(row)
    return words.every((word) => about.includes(word))
  }
  const found = words.length === 0 ? rows : rows.filter((row) => pinned.has(row.node) || fits(row))
  const sorted = sort === null ? found : found.toSorted((a, b) => compare(a, b, sort.column, sort.isDescending))
  if (pinned.size === 0) return sorted
  return [...sorted.filter(({ node }) => pinned.has(node)), ...sorted.filter(({ node }) => !pinned.has(node))]
}

function wordsOf({ op, name, scope, inputs, outputs, precision, provider }: InspectionRow): string {
  return `${op} ${name} ${scope} ${inputs} ${outputs} ${precision} ${provider}`.toLowerCase()
}

/** Unknown figures stand last whichever way the column is sorted: they are neither small nor large. */
function compare(a: InspectionRow, b: InspectionRow, column: ColumnKey, isDescending: boolean): number {
  const one = a[column]
  const other = b[column]
  if (one === null || other === null) return one === other ? a.node - b.node : one === null ? 1 : -1
  const order =
    typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other))
  return (isDescending ? -order : order) || a.node - b.node
}
