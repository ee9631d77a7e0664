import type { ImageId } from '../../contract/ids'
import type { ImageRecord } from '../../contract/images'
import type { Settings, SettingsPatch } from '../../contract/settings'
import type { StudioClient } from '../../contract/client'
import type { Model } from '../../contract/models'
import type { JobQueue } from '../jobs/queue'
import type { AssetStore } from '../storage/assets'
import type { ImagesTable } from '../storage/images-table'
import { sniffMediaType } from '../storage/media-type'
import type { RacesTable } from '../storage/races-table'
import { chatHandlers } from './chat-router'
import type { ChatService } from './chat-service'
import { detectionHandlers, type DetectionParts } from './detection-router'
import type { DeviceService } from './device-service'
import { precisionHandlers, type PrecisionParts } from './precision-router'
import type { ImageQuestions } from './image-questions'
import type { SpeculationQuestions } from './speculation-questions'
import { asPng, readPictureSize } from './pictures'
import { studioImplementer } from './implementer'
import { inspectionHandlers } from './inspection-router'
import type { InspectionService } from './inspection-service'

type Info = Awaited<ReturnType<StudioClient['studio']['info']>>

export interface StudioParts {
  readonly info: Info
  readonly queue: JobQueue
  readonly images: ImagesTable
  readonly assets: AssetStore
  readonly devices: DeviceService
  readonly imageQuestions: ImageQuestions
  readonly races: RacesTable
  readonly speculationQuestions: SpeculationQuestions
  readonly chat: ChatService
  readonly inspection: InspectionService
  readonly detection: DetectionParts
  readonly precision: PrecisionParts
  readonly models: {
    list(): Promise<Model[]>
    addFolder(folder: string): Promise<Model[]>
    removeFolder(folder: string): Promise<Model[]>
  }
  readonly settings: { read(): Settings; change(patch: SettingsPatch): Promise<Settings> }
}

/** A prompt's first words, as the queue shows it. */
function titleOf(prompt: string): string {
  const words = prompt.trim().replace(/\s+/g, ' ')
  return words.length > 60 ? `${words.slice(0, 59).trimEnd()}…` : words
}

/** Every procedure of the contract on the rooms below. Nothing else knows the contract's procedures. */
export function createStudioRouter(parts: StudioParts) {
  const { queue, images, assets, devices, imageQuestions, races, speculationQuestions, models, settings } = parts
  const os = studioImplementer()
  const changed = (imageIds: readonly ImageId[], change: (id: ImageId) => void): ImageRecord[] => {
    imageIds.forEach(change)
    return imageIds.map((id) => images.get(id))
  }

  return os.router({
    studio: { info: os.studio.info.handler(() => parts.info) },
    devices: {
      status: os.devices.status.handler(() => devices.status()),
      memory: os.devices.memory.handler(() => devices.memory()),
      release: os.devices.release.handler(({ input }) => devices.release(input.modelId)),
    },
    models: {
      list: os.models.list.handler(() => models.list()),
      addFolder: os.models.addFolder.handler(({ input }) => models.addFolder(input.folder)),
      removeFolder: os.models.removeFolder.handler(({ input }) => models.removeFolder(input.folder)),
    },
    assets: {
      upload: os.assets.upload.handler(async ({ input }) => {
        const bytes = new Uint8Array(await input.file.arrayBuffer())
        const { width, height, format } = await readPictureSize(bytes, 'file')
        // What a window cannot show, such as TIFF, is kept as what it can.
        const isShown = sniffMediaType(bytes) !== null
        const assetId = await assets.put(isShown ? bytes : await asPng(bytes, 'file'))
        return { assetId, width, height, mediaType: `image/${isShown ? format : 'png'}` }
      }),
    },
    images: {
      generate: os.images.generate.handler(async ({ input }) => {
        const { first, ...request } = input
        await imageQuestions.check(request)
        return queue.add({ kind: 'image', request }, titleOf(request.prompt), { first: first === true })
      }),
      list: os.images.list.handler(({ input }) => images.page(input)),
      get: os.images.get.handler(({ input }) => images.get(input.imageId)),
      star: os.images.star.handler(({ input }) => {
        images.setStarred(input.imageId, input.starred)
        return images.get(input.imageId)
      }),
      remove: os.images.remove.handler(({ input }) => changed(input.imageIds, (id) => images.remove(id))),
      restore: os.images.restore.handler(({ input }) => changed(input.imageIds, (id) => images.restore(id))),
      countTokens: os.images.countTokens.handler(({ input }) =>
        imageQuestions.countTokens(input.modelId, input.prompt),
      ),
      schedule: os.images.schedule.handler(({ input }) => imageQuestions.schedule(input)),
      readSettings: os.images.readSettings.handler(({ input }) => imageQuestions.readSettings(input.assetId)),
    },
    speculation: {
      race: os.speculation.race.handler(async ({ input }) => {
        const { first, ...request } = input
        await speculationQuestions.check(request)
        return queue.add({ kind: 'race', request }, titleOf(request.prompt), { first: first === true })
      }),
      follow: os.speculation.follow.handler(({ input, signal }) => speculationQuestions.follow(input.jobId, signal)),
      list: os.speculation.list.handler(({ input }) => races.page(input)),
      get: os.speculation.get.handler(({ input }) => races.get(input.raceId)),
      remove: os.speculation.remove.handler(({ input }) => {
        input.raceIds.forEach((id) => races.remove(id))
        return input.raceIds
      }),
      restore: os.speculation.restore.handler(({ input }) => {
        input.raceIds.forEach((id) => races.restore(id))
        return input.raceIds
      }),
      import: os.speculation.import.handler(({ input }) => speculationQuestions.import(input.file)),
      calibrate: os.speculation.calibrate.handler(async ({ input }) => {
        await speculationQuestions.check({ ...input, strategies: [] })
        return queue.add({ kind: 'calibration', request: input }, 'Calibration of this machine')
      }),
      calibration: os.speculation.calibration.handler(({ input }) =>
        speculationQuestions.calibration(input.modelId, input.precision),
      ),
      drafts: os.speculation.drafts.handler(({ input }) => speculationQuestions.drafts(input.modelId)),
      examples: os.speculation.examples.handler(() => speculationQuestions.examples()),
    },
    chat: chatHandlers(os.chat, parts.chat),
    inspection: inspectionHandlers(os.inspection, parts.inspection),
    detection: detectionHandlers(os.detection, parts.detection),
    precision: precisionHandlers(os.precision, parts.precision, queue),
    jobs: {
      list: os.jobs.list.handler(() => queue.list()),
      get: os.jobs.get.handler(({ input }) => queue.get(input.jobId)),
      watch: os.jobs.watch.handler(({ signal }) => queue.watch(signal)),
      cancel: os.jobs.cancel.handler(({ input }) => queue.cancel(input.jobId)),
      reorder: os.jobs.reorder.handler(({ input }) => queue.reorder(input.jobIds)),
      pause: os.jobs.pause.handler(({ input }) => queue.setPaused(input.paused)),
      retry: os.jobs.retry.handler(({ input }) => queue.retry(input.jobId)),
      clear: os.jobs.clear.handler(() => queue.clear()),
    },
    settings: {
      get: os.settings.get.handler(() => settings.read()),
      set: os.settings.set.handler(({ input }) => settings.change(input)),
    },
  })
}

export type StudioRouter = ReturnType<typeof createStudioRouter>
