import { Trash2 } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ComparisonId } from '../../../../../contract/ids'
import type { ComparisonSummary } from '../../../../../contract/precision-results'
import { IconButton } from '../../../../ui/button'
import { Tag } from '../../../../ui/chip'
import { Dialog } from '../../../../ui/dialog'
import { formatClock, formatDay, plural } from '../../../../ui/format'
import { useNow } from '../../../../ui/hooks'
import { PagedRows } from '../../../../ui/paged-rows'
import { SearchInput } from '../../../../ui/text-input'
import { showToast } from '../../../../ui/toaster'
import { usePrecision } from '../../context'
import { openComparison } from '../actions'
import { decibelWords } from '../words'
import styles from './runs-drawer.module.css'

const rowHeight = 72

/** Saved comparisons. One opens without its model: the record holds all that the page shows. */
export function RunsDrawer() {
  const { view, runs } = usePrecision()
  const isOpen = useStore(view, (state) => state.isRunsOpen)
  useEffect(() => {
    if (isOpen) void runs.reload()
  }, [isOpen, runs])
  return (
    <Dialog title="Saved comparisons" kind="sheet" isOpen={isOpen} onClose={() => view.setState({ isRunsOpen: false })}>
      <Comparisons />
    </Dialog>
  )
}

function Comparisons() {
  const { studio, runs } = usePrecision()
  const { entries, total, search, isLoaded, failure } = useStore(runs.store)

  function remove(id: ComparisonId): void {
    const entry = { what: '1 comparison in the bin', undo: runs.remove(id) }
    studio.undo.push(entry)
    showToast({
      text: '1 comparison in the bin',
      detail: 'for 30 days',
      action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
    })
  }

  return (
    <div className={styles.drawer}>
      <div className={styles.search}>
        <SearchInput
          label="Search comparisons"
          placeholder="Search models and prompts"
          value={search}
          onChange={(words) => void runs.search(words)}
        />
        <span>{plural(total, 'comparison')}</span>
      </div>
      <PagedRows
        entries={entries}
        rowHeight={rowHeight}
        isLoaded={isLoaded}
        failure={failure}
        none={
          search === '' ? 'No comparisons yet. Each one is saved here when it ends.' : 'No comparison with these words.'
        }
        onMore={() => void runs.loadMore()}
        onRetry={() => void runs.reload()}
        row={(summary, top) => <Row key={summary.id} summary={summary} top={top} onRemove={() => remove(summary.id)} />}
      />
    </div>
  )
}

interface RowProps {
  readonly summary: ComparisonSummary
  readonly top: number
  readonly onRemove: () => void
}

function Row({ summary, top, onRemove }: RowProps) {
  const feature = usePrecision()
  const now = useNow()
  const { id, title, modelName, createdAt, threads, partial, columns } = summary
  return (
    <li className={styles.row} style={{ transform: `translateY(${top}px)` }}>
      <button type="button" className={styles.open} onClick={() => void openComparison(feature, id)}>
        <span className={styles.title}>{title}</span>
        <span className={styles.facts}>
          {formatDay(createdAt, now)}, {formatClock(createdAt)} · {modelName} · {plural(threads, 'thread')}{' '}
          {partial ? <Tag>stopped early</Tag> : null}
        </span>
        <span className={styles.facts}>
          {columns
            .slice(1)
            .map(({ label, sqnr, failed }) => `${label} ${failed ? 'failed' : decibelWords(sqnr)}`)
            .join(', ')}
        </span>
      </button>
      <IconButton label={`Delete the comparison “${title}”`} onPress={onRemove}>
        <Trash2 size={14} />
      </IconButton>
    </li>
  )
}
