import { randomUUID } from 'node:crypto'
import { arch, cpus, platform } from 'node:os'
import { comparisonIdSchema, type AssetId, type ComparisonId, type JobId } from '../../contract/ids'
import type { PrecisionSettings } from '../../contract/precision'
import type {
  ColumnOutput,
  ColumnResult,
  Comparison,
  Layer,
  PrecisionEvent,
  SearchResult,
} from '../../contract/precision-results'
import type { Settings } from '../../contract/settings'
import type { JobContext } from '../jobs/queue'
import type { LibraryEntry } from '../models/recognise'
import type { RawColumn } from '../precision/column-result'
import type { ComparisonEvent } from '../precision/compare-columns'
import type { PrecisionTaskInput } from '../precision/precision-task'
import type { ConversationInput } from '../precision/conversation'
import { needsCalibration } from '../precision/convert'
import type { DetectionInput } from '../precision/detection-subject'
import type { RawPicture } from '../precision/subject'
import { defaultThreads } from '../runtime/cpu-threads'
import type { AssetStore } from '../storage/assets'
import type { ComparisonsTable } from '../storage/comparisons-table'
import { ComparisonProgress } from './comparison-progress'
import { comparisonSummary } from './comparison-summary'
import type { DeviceService } from './device-service'
import type { TaskRunner } from './image-job'
import type { JobStreams } from './job-streams'
import { encodeGreyPng, encodePng } from './pictures'
import type { PrecisionConversations } from './precision-conversations'
import type { PrecisionDetection } from './precision-detection'
import { precisionPlan, type PrecisionPlan } from './precision-plan'

export interface PrecisionJobNeeds {
  readonly comparisons: ComparisonsTable
  readonly assets: AssetStore
  readonly streams: JobStreams<PrecisionEvent>
  readonly devices: DeviceService
  readonly worker: TaskRunner
  readonly settings: () => Settings
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN */
  readonly model: (modelId: string) => Promise<LibraryEntry>
  readonly hash: (files: readonly string[]) => Promise<string>
  readonly detection: PrecisionDetection
  readonly conversations: PrecisionConversations
  /** Where converted graphs are kept. */
  readonly storeFolder: string
}

/** What is gathered of a comparison while it runs. */
interface Gathered {
  readonly columns: ColumnResult[]
  layers: readonly Layer[]
  search: SearchResult | null
}

/** Runs comparisons: follows the worker's events, encodes pictures, hands everything on, and files what was measured, whole or not. */
export class PrecisionJobs {
  readonly #needs: PrecisionJobNeeds

  constructor(needs: PrecisionJobNeeds) {
    this.#needs = needs
  }

  async run(settings: PrecisionSettings, context: JobContext): Promise<void> {
    const { devices, streams, worker } = this.#needs
    const jobId = context.job.id
    streams.open(jobId)
    try {
      const entry = await this.#needs.model(settings.modelId)
      const plan = precisionPlan(entry, settings)
      const { provider, fallbackReason } = await devices.choose()
      if (fallbackReason !== undefined) context.log(fallbackReason)
      context.progress(new ComparisonProgress().read('load', 'Hashing the model', 0))
      const modelHash = await this.#needs.hash(plan.files)
      const { threads } = this.#needs.settings()
      const detection = await this.#detection(entry, settings, context)
      const conversation = await this.#conversation(entry, settings, context)
      const input: PrecisionTaskInput = {
        modelId: settings.modelId,
        modelHash,
        settings,
        graphs: plan.graphs,
        roles: plan.roles,
        mainRole: plan.mainRole,
        ...(entry.sd3 === undefined ? {} : { sd3: entry.sd3 }),
        ...(entry.language === undefined ? {} : { language: entry.language }),
        ...(conversation === null ? {} : { conversation }),
        ...(detection === null ? {} : { detection }),
        provider,
        threads,
        storeFolder: this.#needs.storeFolder,
      }
      const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${platform()} ${arch()}`
      const facts = { settings, plan, modelHash, provider, threads: threads || defaultThreads(), machine }
      const gathered: Gathered = { columns: [], layers: [], search: null }
      let isWhole = false
      const filing = new Filing()
      try {
        const onEvent = this.#follow(jobId, context, facts, gathered, filing)
        await worker.run<PrecisionTaskInput, void, ComparisonEvent>('precision', input, {
          onEvent,
          signal: context.signal,
          transfer: detection === null ? [] : buffersOf(detection),
        })
        isWhole = true
      } finally {
        await filing.done()
        // What was measured before a stop or a fault is kept.
        if (gathered.columns.length > 0) {
          const comparisonId = this.#file(facts, gathered, !isWhole)
          context.comparison(comparisonId)
          streams.publish(jobId, { type: 'end', comparisonId })
        }
      }
    } finally {
      streams.close(jobId)
    }
  }

  /** What a comparison of a detector is given; null for other subjects. */
  async #detection(
    { detector }: LibraryEntry,
    settings: PrecisionSettings,
    context: JobContext,
  ): Promise<DetectionInput | null> {
    const { subject } = settings
    if (subject.kind !== 'detection' || detector === undefined) return null
    const progress = new ComparisonProgress()
    return this.#needs.detection.input(detector, subject, {
      isCalibrated: isCalibrated(settings),
      signal: context.signal,
      onRead: (done, of) => context.progress(progress.read('load', `Reading picture ${done} of ${of}`, 0)),
    })
  }

  /** What a comparison of a model that converses is given; null for other models. */
  async #conversation(
    { bagel }: LibraryEntry,
    settings: PrecisionSettings,
    { signal }: JobContext,
  ): Promise<ConversationInput | null> {
    if (bagel === undefined) return null
    return this.#needs.conversations.input(bagel, settings.subject, { isCalibrated: isCalibrated(settings), signal })
  }

  #follow(
    jobId: JobId,
    context: JobContext,
    facts: Facts,
    gathered: Gathered,
    filing: Filing,
  ): (event: ComparisonEvent) => void {
    const { streams } = this.#needs
    const progress = new ComparisonProgress()
    return (event) => {
      switch (event.type) {
        case 'stage':
          context.progress(progress.read(event.stage, event.label, event.fraction))
          return
        case 'start': {
          const { plan, provider, threads } = facts
          const { modelName, mainRole } = plan
          streams.publish(jobId, { type: 'start', modelName, mainRole, provider, threads, columns: [...event.columns] })
          return
        }
        case 'layers':
          gathered.layers = event.layers
          streams.publish(jobId, { type: 'layers', layers: [...event.layers] })
          return
        case 'search':
          gathered.search = event.result
          streams.publish(jobId, { type: 'search', result: event.result })
          return
        case 'column':
          streams.publish(jobId, event)
          return
        case 'result':
          filing.add(async () => {
            const result = await this.#withAssets(event.result)
            gathered.columns.push(result)
            if (result.failure !== null) context.log(`${result.label}: ${result.failure.message}`)
            streams.publish(jobId, { type: 'result', column: event.column, result })
          })
      }
    }
  }

  async #withAssets(column: RawColumn): Promise<ColumnResult> {
    const { output } = column
    return { ...column, output: output?.kind === 'picture' ? await this.#encode(output) : output }
  }

  async #encode({
    kind,
    width,
    height,
    rgb,
    difference,
    differenceScale,
    similarity,
  }: RawPicture): Promise<ColumnOutput> {
    const { assets } = this.#needs
    const grey = async (data: Uint8Array | null): Promise<AssetId | null> =>
      data === null ? null : assets.put(await encodeGreyPng({ width, height, data }))
    return {
      kind,
      width,
      height,
      assetId: await assets.put(await encodePng({ width, height, data: rgb })),
      differenceId: await grey(difference),
      differenceScale,
      similarityId: await grey(similarity),
    }
  }

  #file(
    { settings, plan, modelHash, provider, threads, machine }: Facts,
    gathered: Gathered,
    partial: boolean,
  ): ComparisonId {
    const comparison: Comparison = {
      format: 'atelier-comparison',
      id: comparisonIdSchema.parse(randomUUID()),
      createdAt: Date.now(),
      settings,
      modelName: plan.modelName,
      modelHash,
      provider,
      threads,
      machine,
      mainRole: plan.mainRole,
      roles: [...plan.roles],
      layers: [...gathered.layers],
      columns: gathered.columns,
      search: gathered.search,
      partial,
      deletedAt: null,
    }
    this.#needs.comparisons.save(comparison, comparisonSummary(comparison))
    return comparison.id
  }
}

/** Whether a column of a comparison needs ranges of activations. */
function isCalibrated({ columns, search }: PrecisionSettings): boolean {
  return [...columns, ...(search === undefined ? [] : [search.low])].some(needsCalibration)
}

/** The pixels of all pictures, which move to the worker instead of being copied. */
function buffersOf({ pictures, calibration }: DetectionInput): ArrayBuffer[] {
  const prepared = [...pictures.map((picture) => picture.prepared), ...calibration]
  return prepared.map(({ pixels }) => pixels.data.buffer as ArrayBuffer)
}

interface Facts {
  readonly settings: PrecisionSettings
  readonly plan: PrecisionPlan
  readonly modelHash: string
  readonly provider: Comparison['provider']
  readonly threads: number
  readonly machine: string
}

/** Work that is done in the order in which it came, without holding up whoever brings it. */
class Filing {
  #last: Promise<void> = Promise.resolve()

  add(work: () => Promise<void>): void {
    this.#last = this.#last.then(work)
    // A failure is reported by `done`; here it must only not count as unhandled.
    this.#last.catch(() => undefined)
  }

  done(): Promise<void> {
    return this.#last
  }
}
