import { Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../../../../contract/errors'
import type { ComparisonId } from '../../../../../contract/ids'
import type { ComparisonSummary } from '../../../../../contract/precision-results'
import { IconButton } from '../../../../ui/button'
import { Tag } from '../../../../ui/chip'
import { Dialog } from '../../../../ui/dialog'
import { ErrorNote } from '../../../../ui/error-note'
import { formatClock, formatDay, plural } from '../../../../ui/format'
import { useDebounced, useNow } from '../../../../ui/hooks'
import { SearchInput } from '../../../../ui/text-input'
import { showToast } from '../../../../ui/toaster'
import { usePrecision } from '../../context'
import { openComparison } from '../actions'
import { decibelWords } from '../words'
import styles from './runs-drawer.module.css'

interface ListState {
  readonly comparisons: readonly ComparisonSummary[]
  readonly total: number
  readonly nextCursor: string | null
}

/** Saved comparisons. One opens without its model: the record holds all that the page shows. */
export function RunsDrawer() {
  const { view } = usePrecision()
  const isOpen = useStore(view, (state) => state.isRunsOpen)
  return (
    <Dialog title="Saved comparisons" kind="sheet" isOpen={isOpen} onClose={() => view.setState({ isRunsOpen: false })}>
      {isOpen ? <Runs /> : null}
    </Dialog>
  )
}

function Runs() {
  const { studio } = usePrecision()
  const [search, setSearch] = useState('')
  const words = useDebounced(search, 200)
  const [list, setList] = useState<ListState | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    let isWanted = true
    studio.client.precision.list({ search: words }).then(
      (page) => {
        if (!isWanted) return
        setList(page)
        setFailure(null)
      },
      (error: unknown) => {
        if (isWanted) setFailure(studio.report('Listing comparisons', error))
      },
    )
    return () => {
      isWanted = false
    }
  }, [studio, words, turn])

  async function more(cursor: string): Promise<void> {
    try {
      const page = await studio.client.precision.list({ search: words, cursor })
      setList((before) => ({ ...page, comparisons: [...(before?.comparisons ?? []), ...page.comparisons] }))
    } catch (error) {
      setFailure(studio.report('Listing comparisons', error))
    }
  }

  async function change(what: 'remove' | 'restore', id: ComparisonId): Promise<boolean> {
    try {
      await studio.client.precision[what]({ comparisonIds: [id] })
      setTurn((now) => now + 1)
      return true
    } catch (error) {
      showToast({ tone: 'fail', text: studio.report('Changing the list', error).message })
      return false
    }
  }

  async function remove(id: ComparisonId): Promise<void> {
    if (!(await change('remove', id))) return
    const entry = { what: '1 comparison in the bin', undo: () => void change('restore', id) }
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
          onChange={setSearch}
        />
        <span>{plural(list?.total ?? 0, 'comparison')}</span>
      </div>
      {failure === null ? null : (
        <ErrorNote failure={failure} actions={[{ label: 'Try again', run: () => setTurn((now) => now + 1) }]} />
      )}
      {list !== null && list.comparisons.length === 0 ? (
        <p className={styles.none}>
          {words === ''
            ? 'No comparisons yet. Each one is saved here when it ends.'
            : 'No comparison with these words.'}
        </p>
      ) : null}
      <ul className={styles.list}>
        {(list?.comparisons ?? []).map((summary) => (
          <Row key={summary.id} summary={summary} onRemove={() => void remove(summary.id)} />
        ))}
      </ul>
      {list?.nextCursor == null ? null : (
        <button type="button" className={styles.more} onClick={() => void more(list.nextCursor!)}>
          Show more
        </button>
      )}
    </div>
  )
}

function Row({ summary, onRemove }: { readonly summary: ComparisonSummary; readonly onRemove: () => void }) {
  const feature = usePrecision()
  const now = useNow()
  const { id, title, modelName, createdAt, threads, partial, columns } = summary
  return (
    <li className={styles.row}>
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
