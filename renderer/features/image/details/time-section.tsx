import { useStore } from 'zustand'
import type { Stage } from '../../../../contract/images'
import { TimeBar, type TimePart } from '../../../charts/time-bar'
import { useStudio } from '../../../studio/context'
import { spentSoFar } from '../../../studio/jobs-state'
import { formatMilliseconds } from '../../../ui/format'
import { useNow } from '../../../ui/hooks'
import { Section } from '../../../ui/section'
import { useStageContent } from '../stage/stage-content'

const stageLooks: readonly { readonly key: Stage; readonly label: string; readonly color: string }[] = [
  { key: 'load', label: 'Load', color: 'var(--c8)' },
  { key: 'encode', label: 'Encode', color: 'var(--c6)' },
  { key: 'denoise', label: 'Denoise', color: 'var(--accent)' },
  { key: 'decode', label: 'Decode', color: 'var(--c3)' },
  { key: 'save', label: 'Save', color: 'var(--chart-2)' },
]

export function TimeSection() {
  const { image, job } = useStageContent()
  if (image !== null) return <Times times={image.timings} note="" />
  return job === null || job.status !== 'running' ? null : <RunningTimes jobId={job.id} />
}

function RunningTimes({ jobId }: { readonly jobId: string }) {
  const studio = useStudio()
  const clock = useStore(studio.jobs, (state) => state.clocks[jobId] ?? null)
  const now = useNow(250)
  return clock === null ? null : <Times times={spentSoFar(clock, now)} note=" so far" />
}

function Times({ times, note }: { readonly times: Partial<Record<Stage, number>>; readonly note: string }) {
  const parts: TimePart[] = stageLooks.flatMap(({ key, label, color }) => {
    const milliseconds = times[key]
    return milliseconds === undefined || milliseconds < 0.5 ? [] : [{ key, label, milliseconds, color }]
  })
  if (parts.length === 0) return null
  const total = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return (
    <Section title="Time" note={`${formatMilliseconds(total)}${note}`}>
      <TimeBar parts={parts} />
    </Section>
  )
}
