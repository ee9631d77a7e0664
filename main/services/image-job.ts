import { randomUUID } from 'node:crypto'
import type { Transferable } from 'node:worker_threads'
import { StudioError } from '../../contract/errors'
import { imageIdSchema, type AssetId } from '../../contract/ids'
import type { Frame, GenerateSettings, ImageRecord } from '../../contract/images'
import type { Settings } from '../../contract/settings'
import type { ImageEvent } from '../images/generate'
import type { Sd3Folder } from '../images/folder'
import { plannedSteps } from '../images/schedule'
import { ProgressMeter, type StageSeconds } from '../jobs/progress'
import type { JobContext } from '../jobs/queue'
import type { AssetStore } from '../storage/assets'
import type { ImagesTable } from '../storage/images-table'
import { writePictureMetadata } from '../storage/png-metadata'
import type { GreyImage, RgbImage } from '../tensor/image'
import type { DeviceService } from './device-service'
import type { ImageTaskInput, ImageTaskOutput } from './image-task'
import { decodePicture, encodePng, encodePreview, readPictureSize } from './pictures'

/** The inference worker, as far as this file needs it. */
export interface TaskRunner {
  run<Input, Output, Event>(
    kind: string,
    input: Input,
    options: { onEvent: (event: Event) => void; signal: AbortSignal; transfer?: readonly Transferable[] },
  ): Promise<Output>
}

export interface ImageJobDependencies {
  readonly assets: AssetStore
  readonly images: ImagesTable
  readonly devices: DeviceService
  readonly worker: TaskRunner
  readonly settings: () => Settings
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly imageModel: (modelId: string) => Promise<{ name: string; folder: Sd3Folder }>
  readonly modelHash: (modelId: string) => Promise<string>
}

const thumbnailSide = 256
const previewSide = 512

interface JobInputs {
  readonly initImage?: RgbImage
  readonly mask?: GreyImage
}

/** Decodes the picture to start from and its mask to the size that is drawn. */
async function readInputs(assets: AssetStore, settings: GenerateSettings): Promise<JobInputs> {
  const start = settings.initImage
  if (start === undefined) return {}
  const size = { width: settings.width, height: settings.height }
  const bytes = await assets.read(start.assetId)
  const initImage = { ...size, rgb: (await decodePicture(bytes, size, 3, 'initImage.assetId')).data }
  if (start.maskAssetId === undefined) return { initImage }
  const maskBytes = await assets.read(start.maskAssetId)
  const [own, mask] = await Promise.all([
    readPictureSize(bytes, 'initImage.assetId'),
    readPictureSize(maskBytes, 'initImage.maskAssetId'),
  ])
  if (own.width !== mask.width || own.height !== mask.height) {
    throw new StudioError(
      'INVALID_INPUT',
      `The mask is ${mask.width} × ${mask.height} px but its picture is ${own.width} × ${own.height} px`,
      { field: 'initImage.maskAssetId', remedy: 'Use a mask of the same size as the picture.' },
    )
  }
  const { data: grey } = await decodePicture(maskBytes, size, 1, 'initImage.maskAssetId')
  return { initImage, mask: { ...size, grey } }
}

/** Runs image jobs: decodes what goes in, follows the worker's events, and files what comes out. */
export class ImageJobs {
  readonly #needs: ImageJobDependencies
  /** What the stages took last time, by model, size and device: the next job's first estimate. */
  readonly #measured = new Map<string, StageSeconds>()

  constructor(needs: ImageJobDependencies) {
    this.#needs = needs
  }

  async run(settings: GenerateSettings, context: JobContext): Promise<void> {
    const { assets, devices, worker } = this.#needs
    const model = await this.#needs.imageModel(settings.modelId)
    const inputs = await readInputs(assets, settings)
    const { provider, fallbackReason } = await devices.choose()
    if (fallbackReason !== undefined) context.log(fallbackReason)

    const key = [settings.modelId, settings.width, settings.height, provider].join(' ')
    const meter = new ProgressMeter({
      items: settings.count,
      steps: plannedSteps(settings),
      measured: this.#measured.get(key) ?? null,
    })
    // Files are written in the order in which the worker made the pictures, without holding the worker up.
    let filing = Promise.resolve()
    const file = (work: () => Promise<void>): void => {
      filing = filing.then(work)
      // A failure is reported where the queue is awaited below; here it must only not count as unhandled.
      filing.catch(() => undefined)
    }
    const frames: Frame[] = []

    const onEvent = (event: ImageEvent): void => {
      switch (event.type) {
        case 'stage':
          meter.stage(event.stage, event.label, event.item)
          context.progress(meter.read())
          return
        case 'step':
          meter.step(event.item, event.step, event.sigma, event.milliseconds / 1000)
          context.progress(meter.read())
          return
        case 'log':
          context.log(event.text)
          return
        case 'frame':
          file(async () => {
            const assetId = await assets.put(await encodePreview({ ...event, data: event.rgb }, previewSide))
            const frame = { step: event.step, sigma: event.sigma, assetId }
            frames.push(frame)
            context.frame(event.item, frame)
          })
          return
        case 'image':
          file(async () => {
            const record = await this.#fileImage(event, {
              settings,
              model,
              provider,
              frames: frames.splice(0),
              jobId: context.job.id,
            })
            this.#measured.set(key, stageSeconds(record))
            context.image(record.id)
          })
          return
      }
    }
    try {
      const { keepModels, threads } = this.#needs.settings()
      const input: ImageTaskInput = {
        modelId: settings.modelId,
        folder: model.folder,
        settings,
        provider,
        threads,
        releaseStages: !keepModels,
        ...inputs,
      }
      const { graphMilliseconds, totalMilliseconds } = await worker.run<ImageTaskInput, ImageTaskOutput, ImageEvent>(
        'image',
        input,
        { onEvent, signal: context.signal },
      )
      context.log(`Graphs ran for ${graphMilliseconds.toFixed(0)} of ${totalMilliseconds.toFixed(0)} ms`)
    } finally {
      await filing
    }
  }

  async #fileImage(
    event: ImageEvent & { type: 'image' },
    run: {
      settings: GenerateSettings
      model: { name: string }
      provider: ImageRecord['provider']
      frames: Frame[]
      jobId: ImageRecord['jobId']
    },
  ): Promise<ImageRecord> {
    const { assets, images } = this.#needs
    const started = performance.now()
    const pixels = { width: event.width, height: event.height, data: event.rgb }
    const settings = { ...run.settings, seed: event.seed, count: 1 }
    const modelHash = await this.#needs.modelHash(settings.modelId)
    const png = await encodePng(pixels)
    const described = this.#needs.settings().embedSettings
      ? writePictureMetadata(png, { settings, modelName: run.model.name, modelHash })
      : png
    const assetId: AssetId = await assets.put(described)
    const thumbnailId = await assets.put(await encodePreview(pixels, thumbnailSide, 86))
    const record: ImageRecord = {
      id: imageIdSchema.parse(randomUUID()),
      jobId: run.jobId,
      assetId,
      thumbnailId,
      createdAt: Date.now(),
      width: event.width,
      height: event.height,
      settings,
      modelName: run.model.name,
      modelHash,
      provider: run.provider,
      timings: { ...event.timings, save: performance.now() - started },
      frames: run.frames,
      starred: false,
      partial: event.partial,
      stepsDone: event.stepsDone,
      stepsPlanned: plannedSteps(settings),
      deletedAt: null,
    }
    images.insert(record)
    return record
  }
}

function stageSeconds({ timings, stepsDone }: ImageRecord): StageSeconds {
  const seconds = (milliseconds: number | undefined): number => (milliseconds ?? 0) / 1000
  return {
    // The next run finds the model in memory or not; an average load keeps the bar from jumping either way.
    load: seconds(timings.load) / 2,
    encode: seconds(timings.encode),
    step: seconds(timings.denoise) / Math.max(1, stepsDone),
    decode: seconds(timings.decode),
    save: seconds(timings.save),
  }
}
