import { detectionLimits } from '../../contract/detection'
import type { AssetId } from '../../contract/ids'
import type { Settings } from '../../contract/settings'
import type { JobQueue } from '../jobs/queue'
import type { ModelHashes } from '../models/hash'
import type { ModelLibrary } from '../models/library'
import type { HelperThread } from '../runtime/helper-thread'
import type { TaskLine } from '../runtime/task-line'
import { DetectionJobs } from '../services/detection-job'
import { DetectionPictures } from '../services/detection-pictures'
import type { DetectionParts } from '../services/detection-router'
import { DetectionService } from '../services/detection-service'
import { Detector } from '../services/detector'
import type { DeviceService } from '../services/device-service'
import { PixelBudget } from '../services/pixel-budget'
import type { AssetStore } from '../storage/assets'
import type { Database } from '../storage/database'
import { DetectionRunsTable } from '../storage/detection-runs-table'
import { DetectionsTable } from '../storage/detections-table'

export interface DetectionNeeds {
  readonly database: Database
  readonly assets: AssetStore
  readonly devices: DeviceService
  readonly worker: TaskLine
  readonly helper: HelperThread
  readonly library: ModelLibrary
  readonly hashes: ModelHashes
  readonly settings: () => Settings
  /** Asked for when a run is queued: the queue is made with the jobs that this gives. */
  readonly queue: () => JobQueue
  /** Folder of bundled pictures. */
  readonly examples: string
}

/** Detection, put together from the rooms below. */
export interface OpenedDetection extends DetectionParts {
  readonly jobs: DetectionJobs
  readonly pictures: DetectionPictures
  /** Forgets for good what was removed before then (milliseconds since 1970). */
  purge(deletedBefore: number): void
  usedAssets(): AssetId[]
}

export function openDetection(needs: DetectionNeeds): OpenedDetection {
  const { database, assets, devices, worker, helper, library, hashes, settings, queue, examples } = needs
  const detections = new DetectionsTable(database)
  const runs = new DetectionRunsTable(database)
  const pictures = new DetectionPictures(helper, new PixelBudget(detectionLimits.pixels))
  const detectorModel = (modelId: string) => library.detectorModel(modelId)
  const modelHash = async (modelId: string) => hashes.hash((await detectorModel(modelId)).folder.files)
  const detector = new Detector({ devices, worker, settings, pictures, detectorModel, modelHash })
  return {
    service: new DetectionService({ assets, detections, runs, detector, helper, queue, examples }),
    jobs: new DetectionJobs({ assets, detections, runs, detector }),
    pictures,
    detections,
    runs,
    purge: (deletedBefore) => {
      runs.purge(deletedBefore)
      detections.purge(deletedBefore)
    },
    usedAssets: () => [...detections.usedAssets(), ...runs.usedAssets()],
  }
}
