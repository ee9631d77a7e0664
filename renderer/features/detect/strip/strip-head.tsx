import { CircleX, X } from 'lucide-react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { formatEta, groupDigits, plural } from '../../../ui/format'
import { useDetect } from '../context'
import { openRun } from '../run-actions'
import styles from './strip.module.css'
import { finishedOf, useRunState } from './use-run-state'

/** Which run the strip shows, how far it is and what could not be read. */
export function StripHead() {
  const feature = useDetect()
  const refused = useStore(feature.list.store, (state) => state.refused.length)
  const failed = useStore(
    feature.list.store,
    ({ pictures }) => pictures.find((picture) => picture != null && picture.failure !== null) ?? null,
  )
  const failure = useStore(feature.list.store, (state) => state.failure)
  const state = useRunState()
  if (failure !== null) return <p className={styles.head}>{failure.message}</p>
  if (state === null) return refused === 0 ? null : <p className={styles.head}>{unreadable(refused)}</p>
  const { run, isRunning, isWaiting, progress } = state
  const bad = run.failed + refused
  const isOver = !isRunning && !isWaiting
  const finished = finishedOf(run)
  const share = run.total === 0 ? 0 : finished / run.total
  return (
    <div className={styles.head}>
      <b title={run.name}>{run.name}</b>
      <span>
        {isWaiting ? 'waits in the queue' : null}
        {isRunning && run.total === 0 ? 'reading the folder' : null}
        {isRunning && run.total > 0 ? `${groupDigits(finished)} of ${plural(run.total, 'picture')}` : null}
        {isOver && finished >= run.total ? plural(run.total, 'picture') : null}
        {isOver && finished < run.total ? `stopped after ${groupDigits(finished)} of ${groupDigits(run.total)}` : null}
        {isRunning && progress?.eta != null ? `, ${formatEta(progress.eta)}` : null}
      </span>
      {bad > 0 ? (
        <span className={styles.bad} title={failed === null ? undefined : `${failed.name}: ${failed.failure?.message}`}>
          <CircleX size={12} strokeWidth={2} aria-hidden />
          {unreadable(bad)}
        </span>
      ) : null}
      <span className={styles.push} />
      <IconButton label="Leave this folder, back to single pictures" onPress={() => void openRun(feature, null)}>
        <X size={12} strokeWidth={2} />
      </IconButton>
      {isRunning ? (
        <span
          className={styles.bar}
          role="progressbar"
          aria-label={`Pictures of ${run.name}`}
          aria-valuenow={Math.floor(share * 100)}
          style={{ transform: `scaleX(${share})` }}
        />
      ) : null}
    </div>
  )
}

function unreadable(count: number): string {
  return count === 1 ? '1 file could not be read' : `${groupDigits(count)} files could not be read`
}
