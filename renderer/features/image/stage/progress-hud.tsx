import { useStore } from 'zustand'
import type { Job, Progress } from '../../../../contract/jobs'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { formatEta, formatSeconds } from '../../../ui/format'
import styles from './progress-hud.module.css'

const radius = 25
const mostSegments = 40

/** A ring with a segment for each step, and how long is left. */
export function ProgressHud({ job, isInside = false }: { readonly job: Job; readonly isInside?: boolean }) {
  const studio = useStudio()
  const progress = useStore(studio.jobs, (state) => state.progress[job.id] ?? job.progress)
  if (progress === null) return null
  return (
    <div className={cx(styles.hud, isInside && styles.inside)}>
      <Ring step={progress.step} steps={progress.steps} />
      <div>
        <b>{headline(progress)}</b>
        <span>{facts(progress)}</span>
      </div>
    </div>
  )
}

export function headline({ stage, label, item, items }: Progress): string {
  const which = items > 1 ? ` image ${item + 1} of ${items}` : ''
  return stage === 'denoise' ? `Denoising${which}` : `${label}${which === '' ? '' : `,${which}`}`
}

function facts({ sigma, secondsPerStep, eta, stage }: Progress): string {
  return [
    sigma === null || stage !== 'denoise' ? null : `σ ${sigma.toFixed(3)}`,
    secondsPerStep === null ? null : `${formatSeconds(secondsPerStep)} a step`,
    eta === null ? 'measuring' : formatEta(eta),
  ]
    .filter(Boolean)
    .join(', ')
}

function Ring({ step, steps }: { readonly step: number; readonly steps: number }) {
  const segments = Math.min(steps, mostSegments)
  const done = steps === 0 ? 0 : (step / steps) * segments
  return (
    <svg width="64" height="64" viewBox="0 0 64 64" role="img" aria-label={`Step ${step} of ${steps}`}>
      {Array.from({ length: segments }, (_, index) => (
        <path
          key={index}
          d={arc(index / segments, (index + 1) / segments, segments > 1 ? 0.016 : 0)}
          className={
            index < Math.floor(done)
              ? styles.done
              : index < done + 1 && index === Math.floor(done)
                ? styles.now
                : styles.later
          }
        />
      ))}
      <text x="32" y="36" textAnchor="middle" className={styles.step}>
        {step}
      </text>
      <text x="32" y="47" textAnchor="middle" className={styles.of}>
        of {steps}
      </text>
    </svg>
  )
}

function arc(from: number, to: number, gap: number): string {
  const point = (turn: number) => {
    const angle = turn * Math.PI * 2 - Math.PI / 2
    return `${(32 + radius * Math.cos(angle)).toFixed(2)} ${(32 + radius * Math.sin(angle)).toFixed(2)}`
  }
  const space = Math.min(gap / 2, (to - from) / 4)
  const large = to - from > 0.5 ? 1 : 0
  return `M${point(from + space)}A${radius} ${radius} 0 ${large} 1 ${point(Math.min(to - space, from + 0.9999))}`
}
