import { FileWarning, Folder, Image as ImageIcon, Trash2 } from 'lucide-react'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { DetectionRun } from '../../../../contract/detection'
import { IconButton } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { formatClock, formatDay, groupDigits, plural } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { PagedRows } from '../../../ui/paged-rows'
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
  const { entries, isLoaded, failure } = useStore(feature.runs.store)
  const current = useStore(feature.list.store, (state) => state.run?.id ?? null)
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
      <PagedRows
        entries={entries}
        rowHeight={rowHeight}
        isLoaded={isLoaded}
        failure={failure}
        none="No folder was run yet. Each run is kept here."
        onMore={() => void feature.runs.loadMore()}
        onRetry={() => void feature.runs.reload()}
        row={(run, top) => (
          <RunRow key={run.id} run={run} top={top} isShown={run.id === current} onOpen={() => open(run.id)} />
        )}
      />
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
