import { readFile } from 'node:fs/promises'
import { StudioError } from '../../contract/errors'
import type { ComparisonId, JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { DetectionSample, PrecisionOptions, PrecisionSettings, QuestionSample } from '../../contract/precision'
import type { PrecisionEvent } from '../../contract/precision-results'
import { labelsOfPictures } from '../../contract/precision-truth'
import { trainingRecordSchema, type TrainingRecord } from '../../contract/precision-training'
import type { LibraryEntry } from '../models/recognise'
import { conversationDrawing } from '../precision/conversation-drawing'
import { pictureSettings } from '../precision/sd3-drawing'
import { VariantStore } from '../precision/variant-store'
import type { DeviceService } from './device-service'
import type { JobStreams } from './job-streams'
import type { PrecisionConversations } from './precision-conversations'
import type { PrecisionDetection } from './precision-detection'
import { precisionOptions, precisionPlan } from './precision-plan'

export interface PrecisionQuestionNeeds {
  readonly model: (modelId: string) => Promise<LibraryEntry>
  readonly devices: Pick<DeviceService, 'choose'>
  readonly detection: PrecisionDetection
  readonly conversations: PrecisionConversations
  readonly streams: JobStreams<PrecisionEvent>
  readonly job: (jobId: JobId) => Job
  readonly storeFolder: string
  /** Recorded training runs, as training/precision writes them. */
  readonly trainingFile: string
}

/** What can be asked of the Precision panel without running a model. */
export class PrecisionQuestions {
  readonly #needs: PrecisionQuestionNeeds
  #training: Promise<TrainingRecord> | null = null

  constructor(needs: PrecisionQuestionNeeds) {
    this.#needs = needs
  }

  async options(modelId: string): Promise<PrecisionOptions> {
    const { provider } = await this.#needs.devices.choose()
    return precisionOptions(await this.#needs.model(modelId), provider)
  }

  /** Bundled pictures to compare detectors on, with labels. */
  detectionSample(): Promise<DetectionSample> {
    return this.#needs.detection.sample()
  }

  /** A bundled picture to ask a model about that converses, and a question. */
  questionSample(): Promise<QuestionSample> {
    return this.#needs.conversations.sample()
  }

  /** Refuses what this model cannot do before it is queued. @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED, INVALID_INPUT */
  async check(settings: PrecisionSettings): Promise<void> {
    const entry = await this.#needs.model(settings.modelId)
    precisionPlan(entry, settings)
    // The picture's own limits are those of drawing: parsing them here names the field at fault.
    if (settings.subject.kind === 'picture') {
      if (entry.sd3 !== undefined) pictureSettings(entry.sd3, settings.modelId, settings.subject)
      if (entry.bagel !== undefined) conversationDrawing(entry.bagel, settings.subject)
    }
    if (settings.subject.kind === 'detection' && settings.subject.truth !== null) {
      labelsOfPictures(
        settings.subject.truth,
        settings.subject.pictures.map(({ name }) => name),
      )
    }
  }

  /** A comparison as it runs. One that is over gives its end alone. @throws StudioError JOB_NOT_FOUND, JOB_STATE */
  async *follow(jobId: JobId, signal?: AbortSignal): AsyncGenerator<PrecisionEvent, void, void> {
    const live = this.#needs.streams.follow(jobId, signal)
    if (live !== null) {
      yield* live
      return
    }
    const { comparisonId, status } = this.#needs.job(jobId)
    if (comparisonId !== null) yield { type: 'end', comparisonId: comparisonId satisfies ComparisonId }
    else if (status === 'queued') {
      throw new StudioError('JOB_STATE', 'The comparison has not begun', {
        field: 'jobId',
        remedy: 'Follow it when the queue has come to it.',
      })
    }
  }

  cache(): { bytes: number; variants: number } {
    return new VariantStore(this.#needs.storeFolder).size()
  }

  clearCache(): { bytes: number; variants: number } {
    new VariantStore(this.#needs.storeFolder).clear()
    return this.cache()
  }

  training(): Promise<TrainingRecord> {
    this.#training ??= readFile(this.#needs.trainingFile, 'utf8').then((text) =>
      trainingRecordSchema.parse(JSON.parse(text)),
    )
    return this.#training
  }
}
