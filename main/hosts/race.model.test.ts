import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelIdSchema, type JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { RaceEvent, RaceRequest } from '../../contract/speculation'
import { acceptanceStatistics } from '../../contract/speculation-statistics'
import { openStudio, type Studio } from './studio'

// Races as jobs of a real studio, on a tiny model. The inference worker is a bundle; `npm run build` makes it.

const isBuilt = existsSync('dist/core/inference-worker.cjs')
let data = ''
let studio: Studio

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = join(process.cwd(), 'test-fixtures/models')
  data = await mkdtemp(join(tmpdir(), 'races-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
})
afterAll(async () => {
  await studio.close()
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

const request: RaceRequest = {
  modelId: modelIdSchema.parse('tiny-causal-lm'),
  precision: 'float32',
  prompt: 'Hello there',
  strategies: [{ name: 'lookup' }, { name: 'medusa', treeNodes: 5 }, { name: 'mtp', draftLength: 3 }],
  maxTokens: 30,
}

async function until(jobId: JobId, isReached: (job: Job) => boolean): Promise<Job> {
  for await (const event of await studio.client.jobs.watch()) {
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const job = jobs.find(({ id }) => id === jobId)
    if (job !== undefined && isReached(job)) return job
  }
  throw new Error('The stream of jobs ended')
}
const ended = (jobId: JobId): Promise<Job> => until(jobId, ({ status }) => status !== 'queued' && status !== 'running')
const started = (jobId: JobId): Promise<Job> => until(jobId, ({ status }) => status !== 'queued')

async function follow(jobId: JobId): Promise<RaceEvent[]> {
  const events: RaceEvent[] = []
  for await (const event of await studio.client.speculation.follow({ jobId })) events.push(event)
  return events
}

describe.skipIf(!isBuilt)('a race', () => {
  it('measures plain decoding and every strategy, tells each round, and is filed', async () => {
    const { id } = await studio.client.speculation.race(request)
    await started(id)
    const events = await follow(id)
    const job = await ended(id)
    expect(job).toMatchObject({ status: 'done', failure: null })
    expect(events.filter(({ type }) => type === 'run')).toHaveLength(4)
    expect(events.at(-1)).toEqual({ type: 'end', raceId: job.raceId })

    const race = await studio.client.speculation.get({ raceId: job.raceId! })
    expect(race.runs.map(({ strategy }) => strategy.name)).toEqual(['plain', 'lookup', 'medusa', 'mtp'])
    for (const [index, run] of race.runs.entries()) {
      const told = events.flatMap((event) => (event.type === 'rounds' && event.run === index ? event.rounds : []))
      expect(told).toEqual(run.rounds)
      expect(run.tokens).toBe(run.rounds.reduce((sum, { emitted }) => sum + emitted.length, 0))
      expect(run.sameAsPlain).toBe(true)
      expect(run.text).toBe(race.runs[0]!.text)
      expect(acceptanceStatistics(run.rounds).tokensPerForward).toBeGreaterThanOrEqual(1)
    }
    expect(await follow(id)).toEqual([{ type: 'end', raceId: job.raceId }])
  })

  it('keeps what was measured when it is cancelled, and the next race works', async () => {
    const { id } = await studio.client.speculation.race({ ...request, maxTokens: 400, strategies: [{ name: 'mtp' }] })
    await started(id)
    for await (const event of await studio.client.speculation.follow({ jobId: id })) {
      if (event.type === 'rounds' && event.run === 1) {
        await studio.client.jobs.cancel({ jobId: id })
        break
      }
    }
    const job = await ended(id)
    expect(job.status).toBe('cancelled')
    const race = await studio.client.speculation.get({ raceId: job.raceId! })
    expect(race.partial).toBe(true)
    expect(race.runs[0]!.tokens).toBe(400)
    const next = await studio.client.speculation.race({ ...request, strategies: [] })
    expect((await ended(next.id)).status).toBe('done')
  })

  it('measures what drafting and verification cost, and remembers it', async () => {
    const model = { modelId: request.modelId, precision: 'float32' }
    expect(await studio.client.speculation.calibration(model)).toBeNull()
    const job = await ended((await studio.client.speculation.calibrate(model)).id)
    expect(job).toMatchObject({ status: 'done', failure: null })
    const calibration = await studio.client.speculation.calibration(model)
    expect(calibration!.verify.length).toBeGreaterThan(5)
    expect(calibration!.draft.mtp).toBeGreaterThan(0)
  })

  it('leaves no model in memory where the settings say so', async () => {
    const loaded = async (): Promise<string[]> =>
      (await studio.client.devices.memory()).models.map(({ modelId }) => modelId)
    await studio.client.settings.set({ keepModels: true })
    await ended((await studio.client.speculation.race({ ...request, strategies: [] })).id)
    expect(await loaded()).toContain('tiny-causal-lm')
    await studio.client.settings.set({ keepModels: false })
    await ended((await studio.client.speculation.race({ ...request, strategies: [] })).id)
    expect(await loaded()).not.toContain('tiny-causal-lm')
  })

  it('names the field where the prompt is longer than the context', async () => {
    const { id } = await studio.client.speculation.race({ ...request, prompt: 'word '.repeat(2000) })
    expect(await ended(id)).toMatchObject({ status: 'failed', failure: { code: 'INVALID_INPUT', field: 'prompt' } })
  })

  it('refuses a strategy that the model has nothing for, naming those it has', async () => {
    const modelId = modelIdSchema.parse('tiny-causal-lm-standard')
    await expect(
      studio.client.speculation.race({ modelId, prompt: 'Hello', strategies: [{ name: 'medusa' }] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { field: 'strategies' } })
    const { id } = await studio.client.speculation.race({
      modelId,
      prompt: 'Hello',
      strategies: [{ name: 'lookup' }],
      maxTokens: 12,
    })
    expect(await ended(id)).toMatchObject({ status: 'done' })
  })
})

describe.skipIf(!isBuilt)('a race with another model as drafter', () => {
  const modelId = modelIdSchema.parse('tiny-causal-lm')
  const draftModel = modelIdSchema.parse('tiny-causal-lm-standard')

  it('drafts with it, and files who drafted', async () => {
    const strategies = [{ name: 'draft' as const, draftModel, draftLength: 3 }]
    const { id } = await studio.client.speculation.race({ ...request, strategies })
    const job = await ended(id)
    expect(job).toMatchObject({ status: 'done', failure: null })
    const [plain, drafted] = (await studio.client.speculation.get({ raceId: job.raceId! })).runs
    expect(drafted).toMatchObject({ strategy: { name: 'draft', draftModel }, text: plain!.text, sameAsPlain: true })
    expect(acceptanceStatistics(drafted!.rounds).drafted).toBeGreaterThan(0)
  })

  it('refuses a stranger before it is queued: both tokenizers are named, and the drafts that fit', async () => {
    const folder = join(data, 'strangers', 'stranger')
    await cp('test-fixtures/models/tiny-causal-lm-standard', folder, { recursive: true })
    const file = join(folder, 'tokenizer.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('"&":', '"&&":'))
    await studio.client.models.addFolder({ folder: join(data, 'strangers') })

    const drafts = await studio.client.speculation.drafts({ modelId })
    const fits = Object.fromEntries(drafts.map((draft) => [draft.modelId, draft.difference]))
    expect(fits[draftModel]).toBeNull()
    expect(fits['stranger']).toMatch(/^token \d+ is "&" in one and "&&" in the other$/)

    const strategies = [
      { name: 'lookup' as const },
      { name: 'draft' as const, draftModel: modelIdSchema.parse('stranger') },
    ]
    await expect(studio.client.speculation.race({ ...request, strategies })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringMatching(/^stranger cannot draft for Tiny language model.*: the tokenizers differ/),
      data: { field: 'strategies.1.draftModel', remedy: expect.stringContaining(draftModel) },
    })
  })
})
