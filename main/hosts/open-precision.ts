import { join } from 'node:path'
import type { JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { PrecisionEvent } from '../../contract/precision-results'
import type { Settings } from '../../contract/settings'
import type { ModelHashes } from '../models/hash'
import type { ModelLibrary } from '../models/library'
import type { DetectionPictures } from '../services/detection-pictures'
import type { DeviceService } from '../services/device-service'
import type { TaskRunner } from '../services/image-job'
import { JobStreams } from '../services/job-streams'
import { PrecisionConversations } from '../services/precision-conversations'
import { PrecisionDetection } from '../services/precision-detection'
import { PrecisionJobs } from '../services/precision-job'
import { PrecisionQuestions } from '../services/precision-questions'
import type { PrecisionParts } from '../services/precision-router'
import { PrecisionVariants } from '../services/precision-variants'
import type { AssetStore } from '../storage/assets'
import { ComparisonsTable } from '../storage/comparisons-table'
import type { Database } from '../storage/database'
import type { StudioFolders } from './folders'

interface PrecisionNeeds {
  readonly database: Database
  readonly assets: AssetStore
  readonly devices: DeviceService
  readonly worker: TaskRunner
  /** Reads pictures for detectors, as the Detect panel does. */
  readonly pictures: DetectionPictures
  readonly library: ModelLibrary
  readonly hashes: ModelHashes
  readonly folders: StudioFolders
  readonly settings: () => Settings
  readonly job: (jobId: JobId) => Job
}

/** Puts the rooms behind the Precision panel together. */
export function openPrecision(needs: PrecisionNeeds): PrecisionParts & { readonly jobs: PrecisionJobs } {
  const { database, assets, devices, worker, pictures, library, hashes, folders, settings, job } = needs
  const comparisons = new ComparisonsTable(database)
  const streams = new JobStreams<PrecisionEvent>()
  const storeFolder = join(folders.data, 'converted')
  const model = (modelId: string) => library.get(modelId)
  const hash = (files: readonly string[]) => hashes.hash([...files])
  const samples = join(folders.resources, 'samples')
  const detection = new PrecisionDetection({ assets, pictures, samples })
  const conversations = new PrecisionConversations({ assets, samples: join(samples, 'precision', 'conversation') })
  return {
    comparisons,
    jobs: new PrecisionJobs({
      comparisons,
      assets,
      streams,
      devices,
      worker,
      settings,
      model,
      hash,
      detection,
      conversations,
      storeFolder,
    }),
    questions: new PrecisionQuestions({
      model,
      devices,
      detection,
      conversations,
      streams,
      job,
      storeFolder,
      trainingFile: join(folders.resources, 'precision', 'training.json'),
    }),
    variants: new PrecisionVariants({
      model,
      hash,
      refresh: () => library.refresh(),
      dataFolder: folders.data,
      storeFolder,
    }),
  }
}
