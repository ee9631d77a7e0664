import type { Convolution, InspectionSource } from '../../contract/inspection'
import type { MeasuredBlocks, MeasureRequest, Profile, Roofline } from '../../contract/inspection-measures'
import type { MeasureTaskEvent, MeasureTaskInput, MeasureTaskOutput } from '../inspect/measure-task'
import type { JobContext } from '../jobs/queue'
import type { MeasurementsTable } from '../storage/measurements-table'
import type { TaskRunner } from './image-job'
import { fileState, type SourceFile } from './inspection-sources'

export interface InspectionJobNeeds {
  readonly measurements: MeasurementsTable
  readonly worker: TaskRunner
  readonly fileOf: (source: InspectionSource) => Promise<SourceFile>
  readonly threads: () => number
}

/** There is one machine. */
export const rooflineSubject = 'this machine'

export function blocksSubject(
  { kernel, inputChannels, outputChannels, height, width, stride, groups }: Convolution,
  threads: number,
): string {
  return [kernel, inputChannels, outputChannels, height, width, stride, groups, threads].join(' ')
}

/** Runs measurements in the inference worker and files what comes out. */
export class InspectionJobs {
  readonly #needs: InspectionJobNeeds

  constructor(needs: InspectionJobNeeds) {
    this.#needs = needs
  }

  async run(request: MeasureRequest, context: JobContext): Promise<void> {
    const { measurements } = this.#needs
    switch (request.measure) {
      case 'profile': {
        const { source, sizes, runs } = request
        const { path, name } = await this.#needs.fileOf(source)
        const subject = fileState(path)
        const threads = request.threads || this.#needs.threads()
        // A profile is read against the machine's limits, which take a second or two, once.
        const needsRoofline = measurements.find('roofline', rooflineSubject) === null
        if (needsRoofline) await this.#roofline(context, 0.2)
        const input: MeasureTaskInput = { measure: 'profile', path, name, sizes, runs, threads }
        const profile = await this.#task<Omit<Profile, 'source'>>(input, context, needsRoofline ? 0.2 : 0, 1)
        measurements.save('profile', subject, { ...profile, source })
        return
      }
      case 'roofline':
        return this.#roofline(context, 1)
      case 'blocks': {
        const { convolution, threads } = request
        const blocks = await this.#task<MeasuredBlocks>({ measure: 'blocks', convolution, threads }, context, 0, 1)
        measurements.save('blocks', blocksSubject(convolution, threads), blocks)
        return
      }
    }
  }

  async #roofline(context: JobContext, until: number): Promise<void> {
    const roofline = await this.#task<Roofline>({ measure: 'roofline' }, context, 0, until)
    this.#needs.measurements.save('roofline', rooflineSubject, roofline)
  }

  /** Runs one task as the part of the job from `start` to `end`. */
  async #task<Output extends MeasureTaskOutput>(
    input: MeasureTaskInput,
    context: JobContext,
    start: number,
    end: number,
  ): Promise<Output> {
    return this.#needs.worker.run<MeasureTaskInput, Output, MeasureTaskEvent>('inspection', input, {
      onEvent: ({ fraction, label }) =>
        context.progress({
          stage: 'measure',
          label,
          item: 0,
          items: 1,
          step: 0,
          steps: 0,
          sigma: null,
          secondsPerStep: null,
          fraction: start + (end - start) * fraction,
          eta: null,
        }),
      signal: context.signal,
    })
  }
}
