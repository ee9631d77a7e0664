import { StudioError } from '../../../../contract/errors'
import type { JobId, ModelId, RaceId } from '../../../../contract/ids'
import type { Model } from '../../../../contract/models'
import {
  raceSchema,
  type Race,
  type RaceEvent,
  type RaceRequest,
  type RaceSummary,
} from '../../../../contract/speculation'
import { fakeJob, fakeModel } from '../../../testing/fake-data'
import { createFakeStudio, type FakeStudio } from '../../../testing/fake-studio'
import { syntheticCalibration, syntheticRace, type SyntheticOptions } from './synthetic-race'

export const fakeLanguageModel: Model = {
  id: 'small-talk' as ModelId,
  family: 'causal-lm',
  name: 'Small talk 135M',
  description: 'A small chat model.',
  source: 'bundled',
  folder: '/models/small-talk',
  layout: 'studio',
  licence: 'Apache-2.0',
  bytes: 148_000_000,
  precision: 'int8',
  state: { kind: 'ready' },
  language: {
    contextLength: 2048,
    vocabularySize: 49152,
    precisions: ['fp32', 'int8'],
    defaultPrecision: 'int8',
    hasChatTemplate: true,
    strategies: ['plain', 'draft', 'lookup', 'retrieval', 'early-exit', 'medusa', 'mtp'],
    trees: true,
  },
}

export interface FakeSpeculationOptions extends SyntheticOptions {
  readonly saved?: number
  /** Tokens a second that `follow` yields; 0 yields all at once. */
  readonly tokensPerSecond?: number
  readonly hasModel?: boolean
  readonly isCalibrated?: boolean
}

export interface FakeSpeculation extends FakeStudio {
  readonly races: Map<string, Race>
}

/** A fake studio whose core knows races as well. */
export function createFakeSpeculation(options: FakeSpeculationOptions = {}): FakeSpeculation {
  const { saved = 3, tokensPerSecond = 0, hasModel = true, isCalibrated = true } = options
  const fake = createFakeStudio()
  const races = new Map<string, Race>()
  for (let index = 0; index < saved; index += 1) {
    const race = syntheticRace({ ...options, seed: index + 1, tokens: 60 })
    races.set(race.id, { ...race, settings: { ...race.settings, prompt: prompts[index % prompts.length]! } })
  }
  let nextSeed = options.seed ?? 7
  const pending = new Map<string, Race>()
  const cancelled = new Set<string>()
  fake.core.answer('models.list', async () => (hasModel ? [fakeModel, fakeLanguageModel] : [fakeModel]))
  fake.core.answer('jobs.cancel', async () => {
    for (const jobId of pending.keys()) cancelled.add(jobId)
  })

  function raceOf(id: string): Race {
    const race = races.get(id)
    if (race === undefined) throw new StudioError('RACE_NOT_FOUND', 'That race is not there any more')
    return race
  }

  const speculation = {
    async race(request: RaceRequest) {
      const seed = nextSeed++
      const strategies = request.strategies.map(({ name }) => name)
      const race = syntheticRace({ ...options, seed, strategies, tokens: options.tokens ?? request.maxTokens ?? 160 })
      const job = fakeJob(seed, { id: `job-race-${seed}` as JobId, status: 'running', startedAt: Date.now() })
      pending.set(job.id, { ...race, settings: { ...race.settings, ...(request as Race['settings']) } })
      fake.core.emit({ type: 'job', job })
      return job
    },
    async follow({ jobId }: { jobId: string }) {
      const race = pending.get(jobId)
      if (race === undefined) throw new StudioError('JOB_NOT_FOUND', 'That job is not there any more')
      return events(race, tokensPerSecond, () => cancelled.has(jobId), finish)
    },
    async list({ search = '', limit = 100, cursor }: { search?: string; limit?: number; cursor?: string }) {
      const found = [...races.values()]
        .filter(({ deletedAt, settings }) => deletedAt === null && settings.prompt.includes(search))
        .sort((a, b) => b.createdAt - a.createdAt)
      const from = Number(cursor ?? 0)
      const to = from + limit
      const page = found.slice(from, to).map(summaryOf)
      return { races: page, total: found.length, nextCursor: to < found.length ? String(to) : null }
    },
    get: async ({ raceId }: { raceId: string }) => raceOf(raceId),
    async remove({ raceIds }: { raceIds: RaceId[] }) {
      for (const id of raceIds) races.set(id, { ...raceOf(id), deletedAt: 1 })
      return raceIds
    },
    async restore({ raceIds }: { raceIds: RaceId[] }) {
      for (const id of raceIds) races.set(id, { ...raceOf(id), deletedAt: null })
      return raceIds
    },
    async import({ file }: { file: File }) {
      const parsed = raceSchema.safeParse(JSON.parse(await file.text()))
      if (!parsed.success)
        throw new StudioError('INVALID_INPUT', `${file.name} is damaged: ${parsed.error.issues[0]!.path.join('.')}`)
      races.set(parsed.data.id, parsed.data)
      return parsed.data
    },
    calibrate: async () => {
      const job = fakeJob(900, { id: 'job-calibration' as JobId, status: 'done' })
      fake.core.emit({ type: 'job', job })
      return job
    },
    drafts: async () => [
      { modelId: 'small-talk-mini' as ModelId, name: 'Small talk mini', difference: null },
      { modelId: 'stranger' as ModelId, name: 'Stranger', difference: 'one has 49152 tokens, the other 32000' },
    ],
    calibration: async () => (isCalibrated ? syntheticCalibration : null),
    examples: async () => [
      { category: 'Chat', prompt: 'Explain why the sky is blue, to a ten-year-old.' },
      { category: 'Copy', prompt: 'Repeat this list in alphabetical order: pear, apple, fig.' },
      { category: 'Maths', prompt: 'A train leaves at 9:40 and arrives at 11:15. How long is the journey?' },
    ],
  }

  function finish(race: Race): void {
    races.set(race.id, race)
    pending.delete(race.jobId!)
    const job = fake.core.jobs.get(race.jobId!)
    if (job) fake.core.emit({ type: 'job', job: { ...job, status: 'done', finishedAt: Date.now() } })
  }

  Object.assign(fake.core.client, { speculation })
  return { ...fake, races }
}

const prompts = ['Explain why the sky is blue, to a ten-year-old.', 'Name ten birds.', 'Fix this sentence: me go home.']

function summaryOf(race: Race): RaceSummary {
  const plain = race.runs[0]!
  return {
    id: race.id,
    createdAt: race.createdAt,
    prompt: race.settings.prompt,
    modelName: race.modelName,
    precision: race.precision,
    partial: race.partial,
    runs: race.runs.map((run) => ({
      name: run.strategy.name,
      tokens: run.tokens,
      tokensPerSecond: (1000 * run.tokens) / run.milliseconds,
      speedup: run === plain ? null : plain.milliseconds / run.milliseconds,
      acceptanceRate: run === plain ? null : 0.6,
    })),
  }
}

const ticksPerSecond = 20

async function* events(
  race: Race,
  tokensPerSecond: number,
  isCancelled: () => boolean,
  finish: (race: Race) => void,
): AsyncGenerator<RaceEvent> {
  yield { type: 'start', modelName: race.modelName, precision: race.precision, promptTokens: race.promptTokens }
  for (const [index, { rounds, ...result }] of race.runs.entries()) {
    yield { type: 'run', run: index, strategy: result.strategy }
    let at = 0
    while (at < rounds.length && !isCancelled()) {
      const from = at
      let tokens = 0
      const most = tokensPerSecond === 0 ? Infinity : tokensPerSecond / ticksPerSecond
      while (at < rounds.length && tokens < most) tokens += rounds[at++]!.emitted.length
      yield { type: 'rounds', run: index, rounds: rounds.slice(from, at) }
      if (tokensPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, 1000 / ticksPerSecond))
    }
    if (isCancelled()) return
    yield { type: 'run-end', run: index, result }
  }
  finish(race)
  yield { type: 'end', raceId: race.id }
}
