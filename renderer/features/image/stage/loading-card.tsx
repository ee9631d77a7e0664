import { Check, Circle, Square } from 'lucide-react'
import { useStore } from 'zustand'
import type { Stage } from '../../../../contract/images'
import { isJobOf, type Job } from '../../../../contract/jobs'
import { useStudio } from '../../../studio/context'
import { spentSoFar } from '../../../studio/jobs-state'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { formatEta, formatMilliseconds } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { Progress } from '../../../ui/progress'
import { Spinner } from '../../../ui/spinner'
import { stop } from '../actions'
import { useImageFeature } from '../feature'
import styles from './loading-card.module.css'

const stages: readonly { readonly key: Stage; readonly label: string }[] = [
  { key: 'load', label: 'Read the weights' },
  { key: 'encode', label: 'Read the prompt' },
  { key: 'denoise', label: 'Denoise' },
  { key: 'decode', label: 'Decode the latent' },
  { key: 'save', label: 'Save' },
]

/** What happens before there is anything to see, stage by stage, over the last picture. */
export function LoadingCard({ job }: { readonly job: Job }) {
  const studio = useStudio()
  const feature = useImageFeature()
  const progress = useStore(studio.jobs, (state) => state.progress[job.id] ?? job.progress)
  const clock = useStore(studio.jobs, (state) => state.clocks[job.id] ?? null)
  const modelId = isJobOf('image', job) ? job.request.request.modelId : null
  const model = useStore(studio.models, (state) => state.models.find(({ id }) => id === modelId) ?? null)
  const lastId = useStore(feature.gallery.store, (state) => {
    const id = state.order[0]
    return id === undefined ? null : (state.records[id]?.thumbnailId ?? null)
  })
  const now = useNow(100, job.status === 'running')
  const spent = clock === null ? {} : spentSoFar(clock, now)
  const place = progress === null ? -1 : stages.findIndex(({ key }) => key === progress.stage)

  return (
    <>
      {lastId === null ? null : <img src={studio.assetUrl(lastId)} alt="" className={styles.behind} />}
      <div className={styles.card}>
        <header className={styles.head}>
          <h2>{model?.name ?? modelId}</h2>
          <span>{job.status === 'queued' ? 'waiting in the queue' : progress?.eta ? formatEta(progress.eta) : ''}</span>
        </header>
        <Progress label="Whole job" fraction={progress?.fraction ?? 0} />
        <ol className={styles.list}>
          {stages.map(({ key, label }, index) => {
            const state = index < place ? 'done' : index === place ? 'now' : 'later'
            const time = spent[key]
            return (
              <li
                key={key}
                className={cx(styles.row, styles[state])}
                aria-current={state === 'now' ? 'step' : undefined}
              >
                <StageIcon state={state} />
                <span>{state === 'now' && progress ? progress.label : label}</span>
                <span className={styles.time}>{time === undefined ? '' : formatMilliseconds(time)}</span>
              </li>
            )
          })}
        </ol>
        <Button size="sm" keys="Escape" onPress={() => void stop(feature)} isDisabled={job.status !== 'running'}>
          <Square size={10} strokeWidth={2} aria-hidden />
          Stop
        </Button>
      </div>
    </>
  )
}

function StageIcon({ state }: { readonly state: 'done' | 'now' | 'later' }) {
  if (state === 'done') return <Check size={14} className={styles.tick} aria-label="Done" />
  if (state === 'now') return <Spinner label="In hand" className={styles.spin} />
  return <Circle size={14} aria-hidden />
}
