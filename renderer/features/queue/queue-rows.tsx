import { CircleSlash, CircleX, Image as ImageIcon, RotateCcw, X } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Job, Progress } from '../../../contract/jobs'
import { useStudio } from '../../studio/context'
import { Button, IconButton } from '../../ui/button'
import { cx } from '../../ui/cx'
import { ErrorNote } from '../../ui/error-note'
import { formatMilliseconds, formatSize, plural, shortTitle } from '../../ui/format'
import { cancelJob, retryJob } from './queue-actions'
import styles from './queue-rows.module.css'

export function describeRequest({ request }: Job): string {
  switch (request.kind) {
    case 'image': {
      const { count, width, height, steps } = request.request
      return `${plural(count, 'image')}, ${formatSize(width, height)}, ${steps} steps`
    }
    case 'race': {
      const { strategies, maxTokens } = request.request
      return `Race of ${plural(1 + strategies.filter(({ name }) => name !== 'plain').length, 'strategy', 'strategies')}, ${plural(maxTokens, 'token')} each`
    }
    case 'calibration':
      return 'Drafting and verification are measured'
    case 'inspection':
      return 'Time is measured on this machine'
    case 'chat':
      return 'An answer in Chat'
    case 'detection':
      return 'Pictures of a folder are looked at'
    case 'precision':
      return 'Precisions are compared'
  }
}

function describeProgress(progress: Progress | null): string {
  if (progress === null) return 'Starting'
  const thing =
    progress.stage === 'prefill' || progress.stage === 'generate'
      ? 'Run'
      : progress.stage === 'detect'
        ? 'Picture'
        : 'Image'
  const which = progress.items > 1 ? `${thing} ${progress.item + 1} of ${progress.items}, ` : ''
  const what =
    progress.stage === 'denoise'
      ? `step ${progress.step} of ${progress.steps}`
      : progress.stage === 'generate'
        ? `token ${progress.step} of ${progress.steps}`
        : progress.label
  return which === '' ? capital(what) : `${which}${what.toLowerCase()}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

interface RowProps {
  readonly job: Job
  readonly onShow: (job: Job) => void
}

export function RunningRow({ job, onShow }: RowProps) {
  const studio = useStudio()
  const progress = useStore(studio.jobs, (state) => state.progress[job.id] ?? job.progress)
  const frame = useStore(studio.jobs, (state) => state.live[job.id]?.frames.at(-1)?.assetId ?? null)
  const fraction = progress?.fraction ?? 0
  return (
    <div className={cx(styles.row, styles.running)}>
      {frame === null ? (
        <span className={styles.placeholder}>
          <ImageIcon size={14} strokeWidth={1.75} aria-hidden />
        </span>
      ) : (
        <img src={studio.assetUrl(frame)} alt="" className={cx(styles.thumb, styles.pixels)} />
      )}
      <button type="button" className={cx(styles.words, styles.show)} onClick={() => onShow(job)}>
        <span className={styles.title}>{shortTitle(job.title)}</span>
        <span className={styles.facts}>{describeProgress(progress)}</span>
      </button>
      <span className={styles.percent}>{Math.floor(fraction * 100)}%</span>
      <span className={styles.actions}>
        <IconButton label="Cancel, and keep what is there" onPress={() => void cancelJob(studio, job.id)}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      </span>
      <span
        className={styles.bar}
        role="progressbar"
        aria-label={job.title}
        aria-valuenow={Math.floor(fraction * 100)}
        style={{ transform: `scaleX(${fraction})` }}
      />
    </div>
  )
}

export function FinishedRow({ job, onShow }: RowProps) {
  const studio = useStudio()
  const [isOpen, setOpen] = useState(false)
  const took = job.startedAt !== null && job.finishedAt !== null ? job.finishedAt - job.startedAt : null
  const isFailed = job.status === 'failed'
  return (
    <div>
      <div className={cx(styles.row, styles.over)}>
        <span className={cx(styles.placeholder, isFailed && styles.failed)}>
          <StatusIcon job={job} />
        </span>
        <button type="button" className={cx(styles.words, styles.show)} onClick={() => onShow(job)}>
          <span className={styles.title}>{shortTitle(job.title)}</span>
          <span className={styles.facts}>
            {statusWords(job)}
            {took === null ? '' : `, ${formatMilliseconds(took)}`}
          </span>
        </button>
        {isFailed ? (
          <Button
            size="sm"
            variant="ghost"
            className={styles.why}
            aria-expanded={isOpen}
            onPress={() => setOpen(!isOpen)}
          >
            Why
          </Button>
        ) : null}
        <IconButton label={isFailed ? 'Try again' : 'Run once more'} onPress={() => void retryJob(studio, job.id)}>
          <RotateCcw size={12} strokeWidth={2} />
        </IconButton>
      </div>
      {isOpen && job.failure !== null ? (
        <div className={styles.note}>
          <ErrorNote
            failure={job.failure}
            actions={[{ label: 'Try again', run: () => void retryJob(studio, job.id) }]}
          />
        </div>
      ) : null}
    </div>
  )
}

function StatusIcon({ job }: { readonly job: Job }) {
  if (job.status === 'failed') return <CircleX size={14} strokeWidth={1.75} aria-hidden />
  if (job.status === 'cancelled') return <CircleSlash size={14} strokeWidth={1.75} aria-hidden />
  return <ImageIcon size={14} strokeWidth={1.75} aria-hidden />
}

function statusWords(job: Job): string {
  const made = plural(job.imageIds.length, 'image')
  if (job.status === 'done') return `Done, ${made}`
  if (job.status === 'cancelled') return job.imageIds.length === 0 ? 'Cancelled' : `Stopped, ${made} kept`
  return job.imageIds.length === 0 ? 'Failed' : `Failed after ${made}`
}
