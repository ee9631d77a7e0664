import type { ImageRecord } from '../../../contract/images'

type Counts = Pick<ImageRecord, 'partial' | 'stepsDone' | 'stepsPlanned' | 'settings'>

/** How many steps the run of a picture was to take; null where an older record does not tell. */
export function plannedSteps({ partial, stepsDone, stepsPlanned, settings }: Counts): number | null {
  if (!partial) return stepsDone
  return stepsPlanned ?? (settings.initImage === undefined ? settings.steps : null)
}

/** "12 of 20 steps", or "12 steps" where it is not known of how many. */
export function describeSteps(image: Counts): string {
  const planned = plannedSteps(image)
  return planned === null ? `${image.stepsDone} steps` : `${image.stepsDone} of ${planned} steps`
}
