import { ClipboardCopy, Download, ListFilter } from 'lucide-react'
import { useStore } from 'zustand'
import { toCsv, toMarkdown, type InspectionRow } from '../../../../contract/inspection-table'
import { Button } from '../../../ui/button'
import { download } from '../../../ui/download'
import { groupDigits, plural } from '../../../ui/format'
import { Menu } from '../../../ui/menu'
import { SearchInput } from '../../../ui/text-input'
import { showToast } from '../../../ui/toaster'
import { fileStem } from '../export/file-stem'
import { useInspector, useOpened } from '../context'
import styles from './table-bar.module.css'

interface TableBarProps {
  /** As they are shown. */
  readonly rows: readonly InspectionRow[]
  readonly total: number
}

/** What the table shows, and the ways in which it leaves the studio. */
export function TableBar({ rows, total }: TableBarProps) {
  const { table } = useInspector()
  const { inspection } = useOpened()
  const filter = useStore(table, (state) => state.filter)
  const pinned = useStore(table, (state) => state.pinned.size)
  const stem = fileStem(inspection.name)
  return (
    <div className={styles.bar}>
      <SearchInput
        label="Filter the table"
        placeholder="op, name, shape, provider"
        value={filter}
        onChange={(text) => table.setState({ filter: text })}
      />
      <span className={styles.count}>
        <ListFilter size={12} aria-hidden />
        {rows.length === total ? plural(total, 'node') : `${groupDigits(rows.length)} of ${plural(total, 'node')}`}
        {pinned > 0 ? `, ${pinned} pinned` : ''}
      </span>
      <Menu
        label="Copy the table"
        actions={[
          { id: 'csv', label: 'Copy as CSV', run: () => void copy(toCsv(rows), 'CSV', rows.length) },
          { id: 'md', label: 'Copy as Markdown', run: () => void copy(toMarkdown(rows), 'Markdown', rows.length) },
        ]}
      >
        <Button variant="ghost" size="sm">
          <ClipboardCopy size={14} aria-hidden />
          Copy
        </Button>
      </Menu>
      <Menu
        label="Export the table"
        actions={[
          { id: 'csv', label: 'Table as CSV', run: () => download(`${stem}.csv`, 'text/csv', toCsv(rows)) },
          {
            id: 'md',
            label: 'Table as Markdown',
            run: () => download(`${stem}.md`, 'text/markdown', toMarkdown(rows)),
          },
        ]}
      >
        <Button variant="ghost" size="sm">
          <Download size={14} aria-hidden />
          Export
        </Button>
      </Menu>
    </div>
  )
}

async function copy(text: string, format: string, rows: number): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    showToast({ tone: 'ok', text: `${plural(rows, 'row')} copied as ${format}` })
  } catch {
    showToast({ tone: 'fail', text: 'The clipboard refused it', detail: 'Export the table as a file instead.' })
  }
}
