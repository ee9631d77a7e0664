import { useStore } from 'zustand'
import type { DetectionTimings } from '../../../../contract/detection'
import { TimeBar, type TimePart } from '../../../charts/time-bar'
import { useDetect } from '../context'
import styles from './timings-foot.module.css'

/** What it took, by part: by stage where the two stages were run apart. */
export function TimingsFoot() {
  const { stage, layers } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  const apart = useStore(layers, (state) => state.layers)
  if (looked === null) return null
  const { result } = looked
  const timings = apart?.timings ?? result.timings
  const parts = partsOf(timings)
  const total = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return (
    <section className={styles.foot} aria-label="Time taken">
      <p className={styles.line}>
        <b>{formatFine(total)}</b>
        <span>
          {apart === null ? perSecond(total) : 'in two parts, with a look inside'}
          {` · ${result.provider.toUpperCase()}, ${result.threads} threads, ${result.precision}`}
        </span>
      </p>
      <TimeBar parts={parts} layout="line" />
      {result.notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
    </section>
  )
}

function partsOf({ decode, prepare, network, stages, finish }: DetectionTimings): readonly TimePart[] {
  const before = { key: 'before', label: 'before', milliseconds: decode + prepare, color: 'var(--c6)' }
  const after = { key: 'after', label: 'after', milliseconds: finish, color: 'var(--c2)' }
  if (stages === undefined) {
    return [before, { key: 'network', label: 'network', milliseconds: network, color: 'var(--accent)' }, after]
  }
  return [
    before,
    { key: 'rpn', label: 'stage A', milliseconds: stages.rpn, color: 'var(--accent)' },
    { key: 'proposals', label: 'proposals', milliseconds: stages.proposals, color: 'var(--c3)' },
    { key: 'head', label: 'stage B', milliseconds: stages.head, color: 'var(--c4)' },
    after,
  ]
}

function formatFine(milliseconds: number): string {
  return milliseconds < 100 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`
}

function perSecond(milliseconds: number): string {
  const rate = 1000 / Math.max(0.1, milliseconds)
  return `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} pictures a second`
}
