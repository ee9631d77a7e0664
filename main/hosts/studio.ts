import { createRouterClient } from '@orpc/server'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StudioClient } from '../../contract/client'
import { StudioError } from '../../contract/errors'
import { protocolVersion } from '../../contract/studio'
import { JobQueue, type JobStore } from '../jobs/queue'
import { ModelHashes } from '../models/hash'
import { ModelLibrary } from '../models/library'
import { variantFolders, withSavedPrecisions } from '../models/saved-variants'
import { HelperThread } from '../runtime/helper-thread'
import { InferenceWorker } from '../runtime/inference-worker'
import { probeDevices } from '../runtime/providers'
import { TaskLine } from '../runtime/task-line'
import { DeviceService } from '../services/device-service'
import { ImageJobs } from '../services/image-job'
import { ImageQuestions } from '../services/image-questions'
import { InspectionJobs } from '../services/inspection-job'
import { InspectionService } from '../services/inspection-service'
import { RaceJobs } from '../services/race-job'
import { RaceStreams } from '../services/race-stream'
import { createStudioRouter, type StudioRouter } from '../services/router'
import { DraftCandidates } from '../services/draft-candidates'
import { SpeculationQuestions } from '../services/speculation-questions'
import { AssetStore } from '../storage/assets'
import { CalibrationsTable } from '../storage/calibrations-table'
import { openDatabase } from '../storage/database'
import { claimFolder } from '../storage/folder-lock'
import { ImagesTable } from '../storage/images-table'
import { JobsTable } from '../storage/jobs-table'
import { MeasurementsTable } from '../storage/measurements-table'
import { RacesTable } from '../storage/races-table'
import { SettingsFile } from '../storage/settings-file'
import { followCancelled, openChat } from './open-chat'
import { openDetection } from './open-detection'
import { openPrecision } from './open-precision'
import { studioFolders, type StudioFolders } from './folders'
import { studioVersion } from './version'

export interface StudioOptions {
  /** Data folder; the user's own where absent. */
  readonly data?: string
  /**
   * Whether jobs are kept for the next start. A command that runs one job and ends keeps none, so that it does not
   * take over what an open window is doing.
   */
  readonly jobs: 'persistent' | 'ephemeral'
}

/** The studio core, open and ready. Nothing heavy is loaded until it is asked for. */
export interface Studio {
  readonly router: StudioRouter
  /** The contract, called in memory. */
  readonly client: StudioClient
  readonly folders: StudioFolders
  /** Tells when a job starts and when the queue has come to rest. */
  onBusy(listener: (busy: boolean) => void): void
  /** Stops the job in hand, keeps what it made, and ends the worker. */
  close(): Promise<void>
}

const day = 24 * 60 * 60 * 1000
/** How long a deleted picture can be brought back. */
const keepDeleted = 30 * day
/** When the start has settled and old files can be looked for. */
const tidyAfter = 20_000

const noJobs: JobStore = { save: () => undefined, remove: () => undefined, load: () => [] }

/** A folder where it is there: a list of none or one. */
function existing(folder: string): string[] {
  return existsSync(folder) ? [folder] : []
}

/** Puts the rooms together. This is the only place that knows all of them. */
export async function openStudio(options: StudioOptions): Promise<Studio> {
  const folders = studioFolders(options.data)
  await mkdir(folders.data, { recursive: true })
  const database = openDatabase(join(folders.data, 'atelier.db'))
  const settings = new SettingsFile(join(folders.data, 'settings.json'))
  const assets = new AssetStore(folders.assets)
  const images = new ImagesTable(database)
  const hashes = new ModelHashes(join(folders.data, 'model-hashes.json'))
  const library = new ModelLibrary({
    bundled: folders.models,
    folders: () => [...settings.read().modelFolders, ...existing(variantFolders(folders.data).models)],
    extend: (entry) => withSavedPrecisions(entry, folders.data),
  })
  const inference = new InferenceWorker(join(folders.core, 'inference-worker.cjs'))
  const worker = new TaskLine(inference)
  const helper = new HelperThread(join(folders.core, 'helper-thread.cjs'))
  const devices = new DeviceService({
    probe: () => probeDevices({ entry: join(folders.core, 'probe.cjs'), folder: join(folders.resources, 'probe') }),
    settings: () => settings.read(),
    resident: inference,
  })
  const imageModel = (modelId: string) => library.imageModel(modelId)
  const imageJobs = new ImageJobs({
    assets,
    images,
    devices,
    worker,
    settings: () => settings.read(),
    imageModel,
    modelHash: async (modelId) => hashes.hash((await imageModel(modelId)).folder.files),
  })
  const races = new RacesTable(database)
  const calibrations = new CalibrationsTable(database)
  const streams = new RaceStreams()
  const languageModel = (modelId: string) => library.languageModel(modelId)
  const raceJobs = new RaceJobs({
    races,
    calibrations,
    streams,
    devices,
    worker,
    settings: () => settings.read(),
    languageModel,
    modelHash: async (modelId) => hashes.hash((await languageModel(modelId)).folder.files),
  })
  const chat = openChat({
    database,
    assets,
    images,
    calibrations,
    devices,
    worker,
    library,
    hashes,
    settings: () => settings.read(),
    queue: () => queue,
  })
  const detection = openDetection({
    database,
    assets,
    devices,
    worker,
    helper,
    library,
    hashes,
    settings: () => settings.read(),
    queue: () => queue,
    examples: join(folders.resources, 'samples', 'detect'),
  })
  const precision = openPrecision({
    database,
    assets,
    devices,
    worker,
    pictures: detection.pictures,
    library,
    hashes,
    folders,
    settings: () => settings.read(),
    job: (jobId) => queue.get(jobId),
  })
  const measurements = new MeasurementsTable(database)
  const inspection: InspectionService = new InspectionService({
    models: () => library.list(),
    uploads: join(folders.data, 'uploads'),
    measurements,
    helper,
    addJob: (request, title) => queue.add(request, title),
  })
  const inspectionJobs = new InspectionJobs({
    measurements,
    worker,
    fileOf: (source) => inspection.fileOf(source),
    threads: () => settings.read().threads,
  })
  const jobs = new JobsTable(database)
  // A window and a web host may be open on one folder: the second runs its own jobs and leaves those of the first alone.
  const release = options.jobs === 'persistent' ? claimFolder(join(folders.data, 'studio.lock')) : null
  const queue: JobQueue = new JobQueue(release === null ? noJobs : jobs, (context) => {
    const { request } = context.job
    switch (request.kind) {
      case 'image':
        return imageJobs.run(request.request, context)
      case 'race':
        return raceJobs.run(request.request, context)
      case 'calibration':
        return raceJobs.calibrate(request.request, context)
      case 'chat':
        return chat.jobs.run(request.request, context)
      case 'inspection':
        return inspectionJobs.run(request.request, context)
      case 'detection':
        return detection.jobs.run(request.request, context)
      case 'precision':
        return precision.jobs.run(request.request, context)
    }
  })
  if (release !== null) {
    // Nobody else has these conversations open, so what looks unfinished was cut off.
    chat.conversations.forgetTemporary()
    chat.jobs.recover(queue.list())
  }
  void followCancelled(queue, chat.jobs)

  const changeFolders = async (change: (folders: string[]) => string[]) => {
    await settings.change({ modelFolders: change([...settings.read().modelFolders]) })
    library.refresh()
    return library.list()
  }
  const router = createStudioRouter({
    info: {
      name: 'Atelier',
      version: studioVersion,
      protocol: protocolVersion,
      platform: process.platform,
      dataFolder: folders.data,
    },
    queue,
    images,
    assets,
    devices,
    races,
    speculationQuestions: new SpeculationQuestions({
      races,
      calibrations,
      streams,
      languageModel,
      drafts: new DraftCandidates({
        languageModel,
        languageModelIds: async () =>
          (await library.list())
            .filter(({ family, state }) => family === 'causal-lm' && state.kind === 'ready')
            .map(({ id }) => id),
      }),
      job: (jobId) => queue.get(jobId),
      evaluationFile: join(folders.resources, 'speculation', 'evaluation.json'),
    }),
    chat: chat.service,
    inspection,
    detection,
    precision,
    imageQuestions: new ImageQuestions({ folder: async (modelId) => (await imageModel(modelId)).folder, assets }),
    models: {
      list: () => library.list(),
      addFolder: async (folder) => {
        if ((await library.countIn(folder)) === 0) {
          throw new StudioError('INVALID_INPUT', `No model was found in ${folder}`, {
            field: 'folder',
            remedy:
              'Choose a folder that holds an ONNX export of Stable Diffusion 3, of a language model or of a detector, or folders of such models.',
          })
        }
        return changeFolders((known) => [...new Set([...known, folder])])
      },
      removeFolder: (folder) => changeFolders((known) => known.filter((other) => other !== folder)),
    },
    settings,
  })

  const tidying = setTimeout(() => {
    images.purge(Date.now() - keepDeleted)
    races.purge(Date.now() - keepDeleted)
    chat.conversations.purge(Date.now() - keepDeleted)
    detection.purge(Date.now() - keepDeleted)
    precision.comparisons.purge(Date.now() - keepDeleted)
    precision.variants.purge(Date.now() - keepDeleted)
    const used = [
      ...images.usedAssets(),
      ...jobs.usedAssets(),
      ...chat.conversations.usedAssets(),
      ...detection.usedAssets(),
      ...precision.comparisons.usedAssets(),
    ]
    assets.collectGarbage(new Set(used), day).catch(() => undefined)
  }, tidyAfter)
  tidying.unref()

  return {
    router,
    client: createRouterClient(router),
    folders,
    onBusy: (listener) => {
      void followBusy(queue, listener)
    },
    close: async () => {
      clearTimeout(tidying)
      await queue.close()
      await inference.close()
      await helper.close()
      database.close()
      release?.()
    },
  }
}

async function followBusy(queue: JobQueue, listener: (busy: boolean) => void): Promise<void> {
  let last = false
  for await (const event of queue.watch()) {
    if (event.type !== 'job' && event.type !== 'snapshot') continue
    const busy = queue.list().some(({ status }) => status === 'running')
    if (busy !== last) listener(busy)
    last = busy
  }
}
