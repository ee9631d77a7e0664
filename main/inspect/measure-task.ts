import type { Convolution } from '../../contract/inspection'
import type { MeasuredBlocks, Profile, Roofline } from '../../contract/inspection-measures'
import type { TaskContext } from '../runtime/serve-tasks'
import { measureBlocks } from './measure-blocks'
import { measureProfile, type MeasureWatch, type ProfileInput } from './measure-profile'
import { measureRoofline } from './measure-roofline'

export type MeasureTaskInput =
  | ({ readonly measure: 'profile' } & ProfileInput)
  | { readonly measure: 'roofline' }
  | { readonly measure: 'blocks'; readonly convolution: Convolution; readonly threads: number }

export type MeasureTaskOutput = Omit<Profile, 'source'> | Roofline | MeasuredBlocks

export interface MeasureTaskEvent {
  /** 0 to 1. */
  readonly fraction: number
  readonly label: string
}

/** Measures in the inference worker, where runs block nobody. */
export async function runMeasureTask(
  input: MeasureTaskInput,
  context: TaskContext<MeasureTaskEvent>,
): Promise<MeasureTaskOutput> {
  const watch: MeasureWatch = {
    tell: (fraction, label) => context.emit({ fraction, label }),
    isCancelled: context.isCancelled,
  }
  switch (input.measure) {
    case 'profile':
      return measureProfile(input, watch)
    case 'roofline':
      return measureRoofline(watch)
    case 'blocks':
      return measureBlocks(input.convolution, input.threads, watch)
  }
}
