import { FileWarning, Folder, Image as ImageIcon, Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { DetectionRun } from '../../../../contract/detection'
import { IconButton } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { ErrorNote } from '../../../ui/error-note'
import { formatClock, formatDay, groupDigits, plural } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { useRows } from '../../../ui/use-rows'
import { useDetect } from '../context'
import { openRun, removeRun } from '../run-actions'
import { finishedOf } from '../strip/use-run-state'
import styles from './history-sheet.module.css'

const rowHeight = 52

/** Folder runs of earlier days, and the way back to single pictures. */
export function HistorySheet() {
  const { view, runs } = useDetect()
  const isOpen = useStore(view, (state) => state.isHistoryOpen)
  useEffect(() => {
    if (isOpen) void runs.reload()
  }, [isOpen, runs])
  return (
    <Dialog
      title="Earlier pictures and folders"
      kind="sheet"
      isOpen={isOpen}
      onClose={() => view.setState({ isHistoryOpen: false })}
    >
      <Runs />
    </Dialog>
  )
}

function Runs() {
  const feature = useDetect()
  const { runs: list, isLoaded, failure } = useStore(feature.runs.store)
  const current = useStore(feature.list.store, (state) => state.run?.id ?? null)
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRows(scroller, list.length, rowHeight, 8)
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= list.length - 10) void feature.runs.loadMore()
  }, [last, list.length, feature])
  const open = (runId: DetectionRun['id'] | null) => {
    feature.view.setState({ isHistoryOpen: false })
    void openRun(feature, runId)
  }
  return (
    <div className={styles.sheet}>
      <button
        type="button"
        className={styles.single}
        data-shown={current === null || undefined}
        onClick={() => open(null)}
      >
        <ImageIcon size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.words}>
          <b>Single pictures</b>
          <span>one by one, the newest first</span>
        </span>
      </button>
      <h3 className={styles.title}>Folders</h3>
      {failure === null ? null : (
        <ErrorNote failure={failure} actions={[{ label: 'Try again', run: () => void feature.runs.reload() }]} />
      )}
      {isLoaded && list.length === 0 && failure === null ? (
        <p className={styles.none}>No folder was run yet. Each run is kept here.</p>
      ) : null}
      <div ref={scroller} className={styles.scroller}>
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const run = list[index]
            return run === undefined ? null : (
              <RunRow key={run.id} run={run} top={start} isShown={run.id === current} onOpen={() => open(run.id)} />
            )
          })}
        </ul>
      </div>
    </div>
  )
}

interface RunRowProps {
  readonly run: DetectionRun
  readonly top: number
  readonly isShown: boolean
  readonly onOpen: () => void
}

function RunRow({ run, top, isShown, onOpen }: RunRowProps) {
  const feature = useDetect()
  const now = useNow()
  const { name, createdAt, modelName, total, failed, count } = run
  const finished = finishedOf(run)
  return (
    <li className={styles.row} style={{ transform: `translateY(${top}px)` }} data-shown={isShown || undefined}>
      <button type="button" onClick={onOpen}>
        <Folder size={16} strokeWidth={1.75} aria-hidden />
        <span className={styles.words}>
          <b title={name}>{name}</b>
          <span>
            {formatDay(createdAt, now)}, {formatClock(createdAt)} · {modelName} ·{' '}
            {finished < total ? `${groupDigits(finished)} of ${plural(total, 'picture')}` : plural(total, 'picture')},{' '}
            {plural(count, 'object')}
          </span>
        </span>
        {failed > 0 ? (
          <span className={styles.failed} title={`${plural(failed, 'file')} could not be read`}>
            <FileWarning size={12} strokeWidth={2} aria-hidden />
            {failed}
          </span>
        ) : null}
      </button>
      <IconButton label={`Delete the run of ${name}`} onPress={() => removeRun(feature, run)}>
        <Trash2 size={14} />
      </IconButton>
    </li>
  )
}
