import type { Failure } from '../../../../contract/errors'
import type { JobOf } from '../../../../contract/jobs'
import { ErrorNote, type ErrorAction } from '../../../ui/error-note'
import { formatSize } from '../../../ui/format'
import { changeForm } from '../actions'
import { useImageFeature, type ImageFeature } from '../feature'
import { select } from '../view-store'

/** A run that failed: what happened, and the ways on that fit the kind of failure. */
export function JobFailed({ job, failure }: { readonly job: JobOf<'image'>; readonly failure: Failure }) {
  const feature = useImageFeature()
  return <ErrorNote failure={failure} size="stage" actions={actionsFor(feature, job, failure)} />
}

function actionsFor(feature: ImageFeature, job: JobOf<'image'>, failure: Failure): ErrorAction[] {
  const { studio, view } = feature
  const { width, height } = job.request.request
  const retry: ErrorAction = {
    label: 'Try again',
    run: () => {
      studio.client.jobs.retry({ jobId: job.id }).then(
        (next) => select(view, { kind: 'job', jobId: next.id }),
        (error: unknown) => studio.report('Trying again', error),
      )
    },
  }
  if (failure.code !== 'OUT_OF_MEMORY') return [retry]
  const smaller = { width: smallerSide(width), height: smallerSide(height) }
  const others = (studio.devices.getState().memory?.models ?? []).filter(
    ({ modelId }) => modelId !== job.request.request.modelId,
  )
  return [
    {
      label: `Use ${formatSize(smaller.width, smaller.height)}`,
      run: () => changeForm(feature, smaller, 'Size set', formatSize(smaller.width, smaller.height)),
    },
    ...(others.length === 0
      ? []
      : [
          {
            label: 'Unload the other models',
            run: () => {
              for (const { modelId } of others) void studio.devices.getState().release(modelId)
            },
          },
        ]),
    retry,
  ]
}

/** Three quarters of a side, on the grid of 16. */
export function smallerSide(side: number): number {
  return Math.max(64, Math.floor((side * 0.75) / 16) * 16)
}
