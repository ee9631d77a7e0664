import { useStore } from 'zustand'
import type { Frame, GenerateSettings, ImageRecord } from '../../../../contract/images'
import type { JobOf } from '../../../../contract/jobs'
import { useStudio } from '../../../studio/context'
import { useImageFeature } from '../feature'
import { useSelectedImage, useSelectedJob } from '../selectors'
import { plannedSteps } from '../steps'

const noFrames: readonly Frame[] = []

export interface StageContent {
  readonly image: ImageRecord | null
  readonly job: JobOf<'image'> | null
  readonly settings: GenerateSettings | null
  readonly frames: readonly Frame[]
  /** The frame that is looked at; null is the picture itself, or the newest preview. */
  readonly frame: Frame | null
  readonly frameIndex: number | null
  /** What to draw; null while there is nothing yet. */
  readonly assetId: string | null
  readonly isPreview: boolean
  /** How many steps the run takes: fewer than asked for where it starts from a picture. */
  readonly steps: number
}

/** What the stage shows now, be it a picture or a run. */
export function useStageContent(): StageContent {
  const studio = useStudio()
  const { view } = useImageFeature()
  const image = useSelectedImage()
  const job = useSelectedJob()
  const chosen = useStore(view, (state) => state.frameIndex)
  const live = useStore(studio.jobs, (state) => (job === null ? null : (state.live[job.id] ?? null)))

  const running = useStore(studio.jobs, (state) => (job === null ? null : (state.progress[job.id]?.steps ?? null)))
  const frames = image?.frames ?? live?.frames ?? noFrames
  const frameIndex = chosen === null || frames.length === 0 ? null : Math.min(chosen, frames.length - 1)
  const frame = frameIndex === null ? null : (frames[frameIndex] ?? null)
  const newest = image === null ? (frames.at(-1)?.assetId ?? null) : image.assetId
  const settings = image?.settings ?? job?.request.request ?? null
  const asked = settings?.steps ?? 0
  return {
    image,
    job,
    settings,
    steps: image === null ? (running ?? asked) : (plannedSteps(image) ?? asked),
    frames,
    frame,
    frameIndex,
    assetId: frame?.assetId ?? newest,
    isPreview: frame !== null || image === null,
  }
}
