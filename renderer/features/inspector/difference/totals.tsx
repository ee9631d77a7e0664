import { useStore } from 'zustand'
import { formatBytes, groupDigits } from '../../../ui/format'
import { useInspector, useOpened } from '../context'
import { formatMacs, needsDims } from '../model/figures'
import styles from './difference-view.module.css'
import { ratioText } from './ratio-text'

/** Both models' totals side by side, with their ratio. */
export function Totals() {
  const { difference } = useInspector()
  const { inspection, costs } = useOpened()
  const other = useStore(difference, (state) => state.other)
  const otherMacs = useStore(difference, (state) => state.otherCounts?.scopes.macs[0] ?? null)
  if (other === null) return null
  const rows = [
    { name: 'Parameters', before: inspection.parameters, after: other.inspection.parameters, format: groupDigits },
    { name: 'Stored', before: inspection.weightBytes, after: other.inspection.weightBytes, format: formatBytes },
    ...(inspection.nodes.length + other.inspection.nodes.length > 0
      ? [
          { name: 'Nodes', before: inspection.nodes.length, after: other.inspection.nodes.length, format: groupDigits },
          { name: 'Multiply-adds', before: costs.total.macs, after: otherMacs, format: formatMacs },
        ]
      : []),
  ]
  return (
    <table className={styles.totals}>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Quantity</span>
          </th>
          <th scope="col">this file</th>
          <th scope="col">the other</th>
          <th scope="col">ratio</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, before, after, format }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{before === null ? needsDims : format(before)}</td>
            <td>{after === null ? needsDims : format(after)}</td>
            <td>{before === null || after === null ? '–' : ratioText(before, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
