import { randomUUID } from 'node:crypto'
import { raceIdSchema, type JobId, type RaceId } from '../../contract/ids'
import type { Settings } from '../../contract/settings'
import type { Calibration, Race, RaceSettings, Round, Run } from '../../contract/speculation'
import type { JobContext } from '../jobs/queue'
import type { CalibrationEvent, CalibrationTaskInput } from '../speculate/calibrate'
import type { RaceTaskEvent, RaceTaskInput } from '../speculate/race-task'
import type { CalibrationsTable } from '../storage/calibrations-table'
import type { RacesTable } from '../storage/races-table'
import type { LanguageFolder } from '../text/language-folder'
import type { DeviceService } from './device-service'
import type { TaskRunner } from './image-job'
import { RaceProgress } from './race-progress'
import type { RaceStreams } from './race-stream'
import { raceSummary } from './race-summary'

export interface RaceJobDependencies {
  readonly races: RacesTable
  readonly calibrations: CalibrationsTable
  readonly streams: RaceStreams
  readonly devices: DeviceService
  readonly worker: TaskRunner
  readonly settings: () => Settings
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly languageModel: (modelId: string) => Promise<{ name: string; folder: LanguageFolder }>
  readonly modelHash: (modelId: string) => Promise<string>
}

/** Runs races: follows the worker's events, hands them on, and files what was measured, whole or not. */
export class RaceJobs {
  readonly #needs: RaceJobDependencies

  constructor(needs: RaceJobDependencies) {
    this.#needs = needs
  }

  async run(settings: RaceSettings, context: JobContext): Promise<void> {
    const { devices, streams, worker } = this.#needs
    const jobId = context.job.id
    streams.open(jobId)
    try {
      const model = await this.#needs.languageModel(settings.modelId)
      const precision = settings.precision ?? model.folder.defaultPrecision
      const draftModels = await this.#draftFolders(settings)
      const { provider, fallbackReason } = await devices.choose()
      if (fallbackReason !== undefined) context.log(fallbackReason)
      const { threads, keepModels } = this.#needs.settings()
      const trace = new Trace()
      const progress = new RaceProgress(settings)
      const onEvent = (event: RaceTaskEvent): void => {
        trace.add(event)
        const read = progress.read(event)
        if (read !== null) context.progress(read)
        if (event.type === 'log') context.log(event.text)
        else if (event.type === 'start') streams.publish(jobId, { ...event, modelName: model.name, precision })
        else if (event.type !== 'stage') streams.publish(jobId, event)
      }
      const input: RaceTaskInput = {
        modelId: settings.modelId,
        folder: model.folder,
        precision,
        settings,
        draftModels,
        provider,
        threads,
      }
      let isWhole = false
      try {
        await worker.run<RaceTaskInput, void, RaceTaskEvent>('race', input, { onEvent, signal: context.signal })
        isWhole = true
      } finally {
        if (!keepModels)
          for (const modelId of [settings.modelId, ...Object.keys(draftModels)]) await devices.release(modelId)
        // What was measured before a stop or a fault is kept.
        if (trace.runs.length > 0) {
          const raceId = this.#file(jobId, settings, {
            modelName: model.name,
            modelHash: await this.#needs.modelHash(settings.modelId),
            precision,
            provider,
            threads: trace.threads,
            promptTokens: trace.promptTokens,
            runs: trace.runs,
            calibration: this.#needs.calibrations.find(settings.modelId, precision),
            partial: !isWhole,
          })
          context.race(raceId)
          streams.publish(jobId, { type: 'end', raceId })
        }
      }
    } finally {
      streams.close(jobId)
    }
  }

  async #draftFolders({ strategies }: RaceSettings): Promise<Record<string, LanguageFolder>> {
    const folders: Record<string, LanguageFolder> = {}
    for (const modelId of draftModelsOf(strategies))
      folders[modelId] = (await this.#needs.languageModel(modelId)).folder
    return folders
  }

  #file(
    jobId: JobId,
    settings: RaceSettings,
    facts: Omit<Race, 'format' | 'id' | 'jobId' | 'createdAt' | 'settings' | 'deletedAt'>,
  ): RaceId {
    const race: Race = {
      format: 'atelier-race',
      id: raceIdSchema.parse(randomUUID()),
      jobId,
      createdAt: Date.now(),
      settings,
      ...facts,
      deletedAt: null,
    }
    this.#needs.races.save(race, raceSummary(race))
    return race.id
  }

  /** Measures what drafting and verification cost on this machine. */
  async calibrate(request: { modelId: string; precision?: string | undefined }, context: JobContext): Promise<void> {
    const { devices, worker, calibrations } = this.#needs
    const { folder } = await this.#needs.languageModel(request.modelId)
    const precision = request.precision ?? folder.defaultPrecision
    const { provider, fallbackReason } = await devices.choose()
    if (fallbackReason !== undefined) context.log(fallbackReason)
    const { threads, keepModels } = this.#needs.settings()
    const calibration = await worker.run<CalibrationTaskInput, Calibration, CalibrationEvent>(
      'calibration',
      { modelId: request.modelId, folder, precision, provider, threads },
      {
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
            fraction,
            eta: null,
          }),
        signal: context.signal,
      },
    )
    calibrations.save(calibration)
    if (!keepModels) await devices.release(request.modelId)
  }
}

/** Other models that a race drafts with, each once. */
function draftModelsOf(strategies: RaceSettings['strategies']): readonly string[] {
  return [
    ...new Set(
      strategies.flatMap(({ name, draftModel }) => (name === 'draft' && draftModel !== undefined ? [draftModel] : [])),
    ),
  ]
}

/** A race put together from the worker's events. */
class Trace {
  readonly runs: Run[] = []
  promptTokens = 0
  threads = 0
  #rounds: Round[] = []

  add(event: RaceTaskEvent): void {
    switch (event.type) {
      case 'start':
        this.promptTokens = event.promptTokens
        this.threads = event.threads
        return
      case 'run':
        this.#rounds = []
        return
      case 'rounds':
        this.#rounds.push(...event.rounds)
        return
      case 'run-end':
        this.runs.push({ ...event.result, rounds: this.#rounds })
        return
      case 'stage':
      case 'log':
        return
    }
  }
}
