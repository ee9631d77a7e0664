import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type {
  DetectFolderRequest,
  Detection,
  DetectionExample,
  DetectionLayers,
  DetectionResult,
} from '../../contract/detection'
import { defaultFilter, filterCandidates } from '../../contract/detection-boxes'
import type { DetectionEvaluation } from '../../contract/detection-evaluation'
import { StudioError } from '../../contract/errors'
import {
  detectionIdSchema,
  detectionRunIdSchema,
  type AssetId,
  type DetectionId,
  type DetectionRunId,
  type ModelId,
} from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { EvaluateInput } from '../detect/help'
import type { JobQueue } from '../jobs/queue'
import type { HelperThread } from '../runtime/helper-thread'
import type { AssetStore } from '../storage/assets'
import type { DetectionRunsTable } from '../storage/detection-runs-table'
import type { DetectionsTable } from '../storage/detections-table'
import { sniffMediaType } from '../storage/media-type'
import { countOf } from './detection-job'
import type { Detector } from './detector'
import { checkPictureFolder, readPictureFile } from './picture-folder'
import { asPng, readPictureSize } from './pictures'

const largestTruth = 1024 ** 3

export interface DetectionServiceNeeds {
  readonly assets: AssetStore
  readonly detections: DetectionsTable
  readonly runs: DetectionRunsTable
  readonly detector: Detector
  readonly helper: Pick<HelperThread, 'run'>
  readonly queue: () => JobQueue
  /** Folder of bundled pictures to try a detector on. */
  readonly examples: string
}

interface Asked {
  readonly modelId: ModelId
  readonly precision?: string | undefined
}

/** What can be asked of the detection lab. */
export class DetectionService {
  readonly #needs: DetectionServiceNeeds

  constructor(needs: DetectionServiceNeeds) {
    this.#needs = needs
  }

  /** Looks at one picture and files what was found. */
  async detect(input: Asked & { assetId: AssetId; name: string }, signal: AbortSignal): Promise<Detection> {
    const { assets, detector, detections } = this.#needs
    const chosen = await detector.choose(input.modelId, input.precision)
    const bytes = await assets.read(input.assetId)
    const read = await detector.read(bytes, chosen, { field: 'assetId', thumbnail: true })
    const result = await detector.look(chosen, read, signal)
    await detector.done(chosen)
    const detection: Detection = {
      id: detectionIdSchema.parse(randomUUID()),
      runId: null,
      createdAt: Date.now(),
      name: input.name,
      assetId: input.assetId,
      thumbnailId: read.thumbnail === undefined ? null : await assets.put(read.thumbnail),
      modelId: input.modelId,
      modelName: chosen.name,
      modelHash: await detector.hash(input.modelId),
      outcome: { kind: 'done', result },
      deletedAt: null,
    }
    detections.insert(detection, countOf(detection.outcome, chosen))
    return detection
  }

  /** Looks at a frame of a video. The model stays in memory: the next frame is a moment away. */
  async detectFrame(input: Asked & { file: File }, signal: AbortSignal): Promise<DetectionResult> {
    const { detector } = this.#needs
    const chosen = await detector.choose(input.modelId, input.precision)
    const read = await detector.read(new Uint8Array(await input.file.arrayBuffer()), chosen, { field: 'file' })
    return detector.look(chosen, read, signal)
  }

  async layers(input: Asked & { assetId: AssetId; proposals: number }, signal: AbortSignal): Promise<DetectionLayers> {
    const { assets, detector } = this.#needs
    const chosen = await detector.choose(input.modelId, input.precision)
    const read = await detector.read(await assets.read(input.assetId), chosen, { field: 'assetId' })
    const { timings, ...layers } = await detector.layers(chosen, read, input.proposals, signal)
    await detector.done(chosen)
    return { ...layers, timings: { ...timings, decode: read.decode, prepare: read.milliseconds } }
  }

  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED, INVALID_INPUT */
  async runFolder(request: DetectFolderRequest & { first?: boolean | undefined }): Promise<Job> {
    const { runs, detector } = this.#needs
    const chosen = await detector.choose(request.modelId, request.precision)
    const source =
      request.source.kind === 'folder' ? { ...request.source, folder: resolve(request.source.folder) } : request.source
    if (source.kind === 'folder') await checkPictureFolder(source.folder, source.deep)
    const runId = detectionRunIdSchema.parse(randomUUID())
    const isFolder = source.kind === 'folder'
    runs.insert(
      {
        id: runId,
        jobId: null,
        createdAt: Date.now(),
        name: isFolder ? basename(source.folder) || source.folder : source.name,
        source: isFolder ? source : { kind: 'assets' },
        modelId: request.modelId,
        modelName: chosen.name,
        precision: chosen.precision,
        total: isFolder ? 0 : source.pictures.length,
        deletedAt: null,
      },
      isFolder ? [] : source.pictures,
    )
    return this.continueRun(runId, request.first === true)
  }

  /** Queues a run, the first time or to go on. @throws StudioError DETECTION_NOT_FOUND, JOB_STATE where it is queued or running */
  continueRun(runId: DetectionRunId, first: boolean): Job {
    const { runs } = this.#needs
    const queue = this.#needs.queue()
    const run = runs.get(runId)
    const isBusy = queue
      .list()
      .some(
        ({ request, status }) =>
          request.kind === 'detection' &&
          request.request.runId === runId &&
          (status === 'queued' || status === 'running'),
      )
    if (isBusy) {
      throw new StudioError('JOB_STATE', 'This run is waiting or running already', {
        field: 'runId',
        remedy: 'Wait until it is done, or stop it first.',
      })
    }
    const job = queue.add({ kind: 'detection', request: { runId, modelId: run.modelId } }, run.name, { first })
    runs.update(runId, { jobId: job.id })
    return job
  }

  /** Makes a picture that lies in a folder fetchable. @throws StudioError DETECTION_NOT_FOUND, INVALID_INPUT, ASSET_NOT_FOUND */
  async picture(id: DetectionId): Promise<{ assetId: AssetId }> {
    const { detections, runs, assets } = this.#needs
    const { assetId, runId, name, outcome } = detections.get(id)
    if (assetId !== null) return { assetId }
    const source = runId === null ? null : runs.get(runId).source
    if (source?.kind !== 'folder') throw new StudioError('ASSET_NOT_FOUND', 'The picture is not in the studio any more')
    const bytes = await readPictureFile(join(source.folder, name))
    if (outcome.kind === 'done') {
      const { width, height } = await readPictureSize(bytes, 'detectionId')
      if (width !== outcome.result.width || height !== outcome.result.height) {
        throw new StudioError('INVALID_INPUT', 'The file is another picture now than the one that was looked at', {
          field: 'detectionId',
          remedy: 'Run the detector over it again.',
        })
      }
    }
    const stored = await assets.put(sniffMediaType(bytes) === null ? await asPng(bytes, 'detectionId') : bytes)
    detections.setAsset(id, stored)
    return { assetId: stored }
  }

  /** Holds a run against labels. @throws StudioError DETECTION_NOT_FOUND, INVALID_INPUT, MODEL_NOT_FOUND */
  async evaluate(runId: DetectionRunId, truth: File): Promise<DetectionEvaluation> {
    const { runs, detections, detector, helper } = this.#needs
    if (truth.size > largestTruth) {
      throw new StudioError('INVALID_INPUT', 'The file with labels is larger than 1 GB', { field: 'truth' })
    }
    const run = runs.get(runId)
    const { facts } = await detector.choose(run.modelId, run.precision)
    // Every box counts, however low its score: the curve is what it is about.
    const filter = { ...defaultFilter(facts), score: 0 }
    const found: { name: string; detections: EvaluateInput['found'][number]['detections'] }[] = []
    for (const { name, outcome } of detections.doneIn(runId)) {
      if (outcome.kind !== 'done') continue
      found.push({ name, detections: filterCandidates(outcome.result.candidates, filter) })
      // Others are served in between.
      if (found.length % 50 === 0) await new Promise((next) => setImmediate(next))
    }
    const bytes = new Uint8Array(await truth.arrayBuffer())
    return helper.run<EvaluateInput, DetectionEvaluation>('evaluate', { truth: bytes, found, classes: facts.classes }, [
      bytes.buffer,
    ])
  }

  /** Bundled pictures; they become assets each time they are asked for, so that none is tidied away. */
  async examples(): Promise<DetectionExample[]> {
    const { examples: folder, assets } = this.#needs
    const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(?:jpe?g|png|webp)$/iu.test(name)).sort()
    return Promise.all(
      names.map(async (file) => {
        const bytes = new Uint8Array(await readFile(join(folder, file)))
        const { width, height } = await readPictureSize(bytes, 'name')
        return { name: file, assetId: await assets.put(bytes), width, height }
      }),
    )
  }
}
