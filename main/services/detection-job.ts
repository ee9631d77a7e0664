import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { detectionLimits, type Detection, type DetectionRun } from '../../contract/detection'
import { defaultFilter, filterCandidates } from '../../contract/detection-boxes'
import { StudioError, toFailure } from '../../contract/errors'
import { detectionIdSchema, type AssetId, type DetectionRunId } from '../../contract/ids'
import type { JobContext } from '../jobs/queue'
import type { AssetStore } from '../storage/assets'
import type { DetectionRunsTable } from '../storage/detection-runs-table'
import { sortKey, type DetectionsTable } from '../storage/detections-table'
import type { ReadPicture } from './detection-pictures'
import { DetectionProgress } from './detection-progress'
import type { ChosenDetector, Detector } from './detector'
import { noPictures, picturesIn, readPictureFile } from './picture-folder'

export interface DetectionJobNeeds {
  readonly assets: AssetStore
  readonly detections: DetectionsTable
  readonly runs: DetectionRunsTable
  readonly detector: Detector
}

/** A picture of a run, and where its bytes are. */
interface RunPicture {
  readonly name: string
  readonly assetId: AssetId | null
  readonly read: () => Promise<Uint8Array>
}

/** A picture that was read, or why it could not be. */
type Prepared =
  | { readonly kind: 'read'; readonly picture: ReadPicture; readonly thumbnailId: AssetId | null }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Pictures that are decoded while the network works on the one before them. */
const ahead = Math.max(2, Math.min(4, availableParallelism()))

/** Runs a detector over folders. Each picture is filed as soon as it is done, so that a run can stop anywhere and go on later. */
export class DetectionJobs {
  readonly #needs: DetectionJobNeeds

  constructor(needs: DetectionJobNeeds) {
    this.#needs = needs
  }

  async run({ runId }: { runId: DetectionRunId }, context: JobContext): Promise<void> {
    const { runs, detections, detector } = this.#needs
    const run = runs.get(runId)
    context.detectionRun(runId)
    runs.update(runId, { jobId: context.job.id })
    const chosen = await detector.choose(run.modelId, run.precision)
    if (chosen.fallbackReason !== null) context.log(chosen.fallbackReason)
    const modelHash = await detector.hash(run.modelId)
    const pictures = await this.#pictures(run, context.signal)
    runs.update(runId, { total: pictures.length })
    const done = detections.doneNames(runId)
    const left = pictures.filter(({ name }) => !done.has(name))
    const progress = new DetectionProgress(pictures.length, pictures.length - left.length)
    context.progress(progress.read('Loading the model'))
    try {
      for await (const [picture, prepared] of this.#prepared(left, chosen, context.signal)) {
        const outcome = await this.#outcome(chosen, prepared, context.signal)
        const detection: Detection = {
          id: detectionIdSchema.parse(randomUUID()),
          runId,
          createdAt: Date.now(),
          name: picture.name,
          assetId: picture.assetId,
          thumbnailId: prepared.kind === 'read' ? prepared.thumbnailId : null,
          modelId: run.modelId,
          modelName: chosen.name,
          modelHash,
          outcome,
          deletedAt: null,
        }
        detections.insert(detection, countOf(outcome, chosen))
        if (outcome.kind === 'failed') context.log(`${picture.name}: ${outcome.failure.message}`)
        const read = progress.next(picture.name)
        if (read !== null) context.progress(read)
      }
    } finally {
      await detector.done(chosen)
    }
  }

  async #outcome(chosen: ChosenDetector, prepared: Prepared, signal: AbortSignal): Promise<Detection['outcome']> {
    if (prepared.kind === 'failed') return { kind: 'failed', failure: toFailure(prepared.error) }
    try {
      return { kind: 'done', result: await this.#needs.detector.look(chosen, prepared.picture, signal) }
    } catch (error) {
      // Whatever else the network fails with, it would fail with again at every picture.
      if (error instanceof StudioError && error.code === 'NOT_FINITE')
        return { kind: 'failed', failure: toFailure(error) }
      throw error
    }
  }

  /** Reads a few pictures ahead, and hands them out in their order. */
  async *#prepared(
    pictures: readonly RunPicture[],
    chosen: ChosenDetector,
    signal: AbortSignal,
  ): AsyncGenerator<[RunPicture, Prepared], void, void> {
    const waiting: [RunPicture, Promise<Prepared>][] = []
    let next = 0
    try {
      for (;;) {
        if (signal.aborted) throw new StudioError('CANCELLED', 'The run was stopped; what is done stays')
        while (waiting.length < ahead && next < pictures.length) {
          const picture = pictures[next]!
          waiting.push([picture, this.#prepare(picture, chosen)])
          next += 1
        }
        const first = waiting.shift()
        if (first === undefined) return
        yield [first[0], await first[1]]
      }
    } finally {
      await Promise.all(waiting.map(([, prepared]) => prepared))
    }
  }

  async #prepare(picture: RunPicture, chosen: ChosenDetector): Promise<Prepared> {
    const { assets, detector } = this.#needs
    try {
      const bytes = await picture.read()
      const { thumbnail, ...read } = await detector.read(bytes, chosen, { field: 'file', thumbnail: true })
      return { kind: 'read', picture: read, thumbnailId: thumbnail === undefined ? null : await assets.put(thumbnail) }
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  /** The pictures of a run in the order of their names. @throws StudioError INVALID_INPUT, CANCELLED */
  async #pictures(run: DetectionRun, signal: AbortSignal): Promise<RunPicture[]> {
    const { source } = run
    const pictures: RunPicture[] = []
    if (source.kind === 'assets') {
      for (const { name, assetId } of this.#needs.runs.uploads(run.id)) {
        pictures.push({ name, assetId, read: () => this.#needs.assets.read(assetId) })
      }
    } else {
      for await (const name of picturesIn(source.folder, source.deep)) {
        if (signal.aborted) throw new StudioError('CANCELLED', 'Stopped while the folder was read')
        if (pictures.length === detectionLimits.files) throw tooMany(source.folder)
        pictures.push({ name, assetId: null, read: () => readPictureFile(join(source.folder, name)) })
      }
      if (pictures.length === 0) throw noPictures(source.folder, source.deep)
    }
    const keys = new Map(pictures.map(({ name }) => [name, sortKey(name)]))
    return pictures.sort((a, b) => (keys.get(a.name)! < keys.get(b.name)! ? -1 : 1))
  }
}

function tooMany(folder: string): StudioError {
  return new StudioError('TOO_MANY_PICTURES', `${folder} holds more than ${detectionLimits.files} pictures`, {
    field: 'source.folder',
    remedy: 'Choose one of the folders in it.',
  })
}

/** Boxes that the model's own sliders let pass. */
export function countOf(outcome: Detection['outcome'], { facts }: ChosenDetector): number | null {
  return outcome.kind === 'done' ? filterCandidates(outcome.result.candidates, defaultFilter(facts)).length : null
}
