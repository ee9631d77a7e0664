import { readFile } from 'node:fs/promises'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import type { JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import {
  raceSchema,
  type Calibration,
  type DraftCandidate,
  type Race,
  type RaceEvent,
  type RaceExample,
  type RaceSettings,
} from '../../contract/speculation'
import type { CalibrationsTable } from '../storage/calibrations-table'
import type { RacesTable } from '../storage/races-table'
import { languageModelFacts } from '../text/language-facts'
import type { LanguageFolder } from '../text/language-folder'
import type { DraftCandidates } from './draft-candidates'
import type { RaceStreams } from './race-stream'
import { raceSummary } from './race-summary'

const largestFile = 100 * 1024 * 1024

export interface SpeculationNeeds {
  readonly races: RacesTable
  readonly calibrations: CalibrationsTable
  readonly streams: RaceStreams
  /** @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly languageModel: (modelId: string) => Promise<{ name: string; folder: LanguageFolder }>
  readonly drafts: DraftCandidates
  readonly job: (jobId: JobId) => Job
  /** JSON: `{ "categories": [{ "title", "prompts" }] }`. */
  readonly evaluationFile: string
}

/** What can be asked of the speculation lab without running a model. */
export class SpeculationQuestions {
  readonly #needs: SpeculationNeeds
  #examples: Promise<RaceExample[]> | null = null

  constructor(needs: SpeculationNeeds) {
    this.#needs = needs
  }

  /** Refuses what this model cannot do before it is queued. @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, INVALID_INPUT */
  async check({
    modelId,
    precision,
    strategies,
  }: Pick<RaceSettings, 'modelId' | 'precision' | 'strategies'>): Promise<void> {
    const { name, folder } = await this.#needs.languageModel(modelId)
    const facts = languageModelFacts(folder)
    this.#precision(folder, precision)
    for (const [index, { name: strategy, draftModel }] of strategies.entries()) {
      if (strategy !== 'draft' || draftModel === undefined) continue
      await this.#needs.drafts.check(modelId, draftModel, `strategies.${index}.draftModel`)
    }
    const missing = strategies.find(
      (strategy) =>
        !facts.strategies.includes(strategy.name) && !(strategy.name === 'draft' && strategy.draftModel !== undefined),
    )
    if (missing !== undefined) {
      throw new StudioError('INVALID_INPUT', `${name} has nothing to draft with by "${missing.name}"`, {
        field: 'strategies',
        remedy: `Use some of: ${facts.strategies.join(', ')}.`,
      })
    }
  }

  /** A race as it runs. One that is over gives its end alone. @throws StudioError JOB_NOT_FOUND, JOB_STATE */
  async *follow(jobId: JobId, signal?: AbortSignal): AsyncGenerator<RaceEvent, void, void> {
    const live = this.#needs.streams.follow(jobId, signal)
    if (live !== null) {
      yield* live
      return
    }
    const { raceId, status } = this.#needs.job(jobId)
    if (raceId !== null) yield { type: 'end', raceId }
    else if (status === 'queued') {
      throw new StudioError('JOB_STATE', 'The race has not begun', {
        field: 'jobId',
        remedy: 'Follow it when the queue has come to it.',
      })
    }
  }

  async calibration(modelId: string, precision: string | undefined): Promise<Calibration | null> {
    const { folder } = await this.#needs.languageModel(modelId)
    return this.#needs.calibrations.find(modelId, this.#precision(folder, precision))
  }

  /** Files a race that was exported. @throws StudioError INVALID_INPUT naming what is wrong with the file */
  async import(file: File): Promise<Race> {
    const refuse = (message: string, detail?: string): never => {
      throw new StudioError('INVALID_INPUT', message, {
        field: 'file',
        remedy: 'Choose a JSON file that was exported from the Speculate panel.',
        ...(detail === undefined ? {} : { detail }),
      })
    }
    if (file.size > largestFile) refuse('The file is larger than 100 MB')
    let value: unknown
    try {
      value = JSON.parse(await file.text())
    } catch (error) {
      return refuse('The file is not JSON', String(error))
    }
    if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== 'atelier-race') {
      return refuse('The file holds no race')
    }
    const parsed = raceSchema.safeParse(value)
    if (!parsed.success)
      return refuse('The race in the file is damaged or of another version', z.prettifyError(parsed.error))
    // The job that made it may be another studio's.
    const race: Race = { ...parsed.data, jobId: null, deletedAt: null }
    this.#needs.races.save(race, raceSummary(race))
    return race
  }

  drafts(modelId: string): Promise<DraftCandidate[]> {
    return this.#needs.drafts.for(modelId)
  }

  examples(): Promise<RaceExample[]> {
    this.#examples ??= readExamples(this.#needs.evaluationFile)
    return this.#examples
  }

  #precision(folder: LanguageFolder, asked: string | undefined): string {
    const precision = asked ?? folder.defaultPrecision
    if (folder.precisions[precision] === undefined) {
      throw new StudioError('INVALID_INPUT', `${folder.name} has no precision "${precision}"`, {
        field: 'precision',
        remedy: `Use one of: ${Object.keys(folder.precisions).join(', ')}.`,
      })
    }
    return precision
  }
}

const evaluationSchema = z.object({
  categories: z.array(z.object({ title: z.string(), prompts: z.array(z.string()) })),
})

async function readExamples(path: string): Promise<RaceExample[]> {
  const { categories } = evaluationSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  return categories.flatMap(({ title, prompts }) => prompts.map((prompt) => ({ category: title, prompt })))
}
