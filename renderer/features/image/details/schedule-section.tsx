import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Schedule } from '../../../../contract/images'
import { NoiseSchedule } from '../../../charts/noise-schedule'
import { useStudio } from '../../../studio/context'
import { formatDecimal } from '../../../ui/format'
import { useDebounced } from '../../../ui/hooks'
import { Section } from '../../../ui/section'
import { useImageFeature } from '../feature'
import { sigmaConversionNames } from '../fields'
import type { ScheduleAsk } from '../schedules'
import { useDraft } from '../selectors'
import { useStageContent } from '../stage/stage-content'

/** The schedule of what is on the stage, and that of the form where it differs, so that a moved slider can be seen. */
export function ScheduleSection() {
  const studio = useStudio()
  const content = useStageContent()
  const draft = useDraft((one) => one)
  const jobId = content.job?.id
  const liveStep = useStore(studio.jobs, (state) =>
    jobId === undefined ? null : (state.progress[jobId]?.step ?? null),
  )
  const shown: ScheduleAsk = content.settings ?? draft
  const done = content.frame?.step ?? (content.job === null ? null : liveStep)
  // A run from a picture leaves out the first steps of its schedule.
  const step = done === null ? null : done + Math.max(0, shown.steps - content.steps)
  const differs =
    shown.steps !== draft.steps || shown.shift !== draft.shift || shown.sigmaConversion !== draft.sigmaConversion
  const schedule = useSchedule(shown)
  const formSchedule = useSchedule(draft)
  const conversion = shown.sigmaConversion === 'none' ? 'rectified flow' : sigmaConversionNames[shown.sigmaConversion]
  return (
    <Section title="Noise schedule" note={`${conversion}, shift ${formatDecimal(shown.shift)}`}>
      {schedule === null ? null : (
        <NoiseSchedule
          sigmas={schedule.sigmas}
          density={(differs ? formSchedule : null)?.density ?? schedule.density}
          step={step}
          other={
            differs && formSchedule !== null
              ? {
                  sigmas: formSchedule.sigmas,
                  label: `the form, shift ${formatDecimal(draft.shift)}, ${draft.steps} steps`,
                }
              : null
          }
        />
      )}
    </Section>
  )
}

function useSchedule({ steps, shift, sigmaConversion }: ScheduleAsk): Schedule | null {
  const { schedules } = useImageFeature()
  const key = useDebounced(`${steps}/${shift}/${sigmaConversion}`, 60)
  const [schedule, setSchedule] = useState<Schedule | null>(null)
  useEffect(() => {
    const [askedSteps, askedShift, conversion] = key.split('/')
    let isCurrent = true
    schedules
      .get({
        steps: Number(askedSteps),
        shift: Number(askedShift),
        sigmaConversion: conversion as ScheduleAsk['sigmaConversion'],
      })
      .then(
        (found) => {
          if (isCurrent) setSchedule(found)
        },
        // Values that the form itself already marks as wrong have no schedule.
        () => {},
      )
    return () => {
      isCurrent = false
    }
  }, [schedules, key])
  return schedule
}
