import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultFilter, filterCandidates } from '../../contract/detection-boxes'
import { evaluateAgainst } from '../../contract/detection-metrics'
import { parseCocoTruth } from '../../contract/detection-truth'
import { modelIdSchema, type JobId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { DetectionSample, PrecisionRequest } from '../../contract/precision'
import type { Comparison, PrecisionEvent } from '../../contract/precision-results'
import { PrecisionVariants } from '../services/precision-variants'
import { openStudio, type Studio } from './studio'

// Comparisons on a real studio, through its contract: detectors, saved variants and what becomes of them. The worker and the helper
// thread are bundles; `npm run build` makes them.

const isBuilt = existsSync('dist/core/helper-thread.cjs')
const bundled = modelIdSchema.parse('thundernet-emoji')
const foreign = modelIdSchema.parse('tiny-yolov8')
let data = ''
let studio: Studio
let sample: DetectionSample

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'precision-'))
  studio = await openStudio({ data: join(data, 'studio'), jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
  await cp(resolve('test-fixtures/detect/tiny-yolov8'), join(data, 'models', 'tiny-yolov8'), { recursive: true })
  await studio.client.models.addFolder({ folder: join(data, 'models') })
  sample = await studio.client.precision.detectionSample()
})
afterAll(async () => {
  await studio.close()
  await rm(data, { recursive: true, force: true })
})

async function ended(jobId: JobId): Promise<Job> {
  for await (const event of await studio.client.jobs.watch()) {
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const job = jobs.find(({ id }) => id === jobId)
    if (job !== undefined && job.status !== 'queued' && job.status !== 'running') return job
  }
  throw new Error('The stream of jobs ended')
}

async function compared(request: PrecisionRequest): Promise<Comparison> {
  const job = await ended((await studio.client.precision.compare(request)).id)
  expect(job.failure).toBeNull()
  return studio.client.precision.get({ comparisonId: job.comparisonId! })
}

const onSample = (pictures = sample.pictures) => ({ kind: 'detection' as const, ...sample, pictures })

async function precisionsOf(modelId: string): Promise<readonly string[] | undefined> {
  return (await studio.client.models.list()).find(({ id }) => id === modelId)?.detector?.precisions
}

describe.skipIf(!isBuilt)('the bundled detector at several precisions', { timeout: 300_000 }, () => {
  let comparison: Comparison
  const events: PrecisionEvent[] = []
  beforeAll(async () => {
    const job = await studio.client.precision.compare({
      modelId: bundled,
      subject: onSample(),
      columns: [{ column: 'fp16' }, { column: 'int8-dynamic' }, { column: 'int8-static' }],
      runs: 1,
      search: { low: { column: 'int8-static' }, targetDecibels: 60, cost: 'bytes' },
    })
    // A stream begins with its job.
    while ((await studio.client.jobs.list()).find(({ id }) => id === job.id)?.status === 'queued') await setTimeout(20)
    for await (const event of await studio.client.precision.follow({ jobId: job.id })) events.push(event)
    const done = await ended(job.id)
    expect(done.failure).toBeNull()
    comparison = await studio.client.precision.get({ comparisonId: done.comparisonId! })
  }, 300_000)

  it('is told as it runs, and filed as it was told', () => {
    expect(events[0]).toMatchObject({ type: 'start', mainRole: 'detect' })
    expect(events.at(-1)).toEqual({ type: 'end', comparisonId: comparison.id })
    const results = events.flatMap((event) => (event.type === 'result' ? [event.result] : []))
    expect(comparison.columns).toEqual(results)
    expect(comparison.columns.map(({ label, failure }) => [label, failure])).toEqual([
      ['FP32', null],
      ['FP16', null],
      ['INT8 dynamic', null],
      ['INT8 static', null],
      [expect.stringMatching(/^INT8 static, \d+ layers float32$/), null],
    ])
    expect(comparison.partial).toBe(false)
  })

  it('finds in float32 what the Detect panel finds, with the average precision that its evaluation gives', async () => {
    const facts = (await studio.client.models.list()).find(({ id }) => id === bundled)!.detector!
    const found = []
    for (const { assetId, name } of sample.pictures) {
      const { outcome } = await studio.client.detection.detect({ modelId: bundled, assetId, name })
      if (outcome.kind === 'done') found.push({ name, candidates: outcome.result.candidates })
    }
    const [reference] = comparison.columns
    if (reference?.output?.kind !== 'detection') throw new Error('not boxes')
    const filter = defaultFilter(facts)
    expect(reference.output.pictures.map(({ boxes }) => boxes.map(({ box }) => box))).toEqual(
      found.map(({ candidates }) => filterCandidates(candidates, filter).map(({ box }) => box)),
    )
    const judged = found.map(({ name, candidates }) => ({
      name,
      detections: filterCandidates(candidates, { ...filter, score: 0 }),
    }))
    const { averagePrecision } = evaluateAgainst(parseCocoTruth(sample.truth), judged, facts.classes)
    expect(reference.errors.meanAveragePrecision).toBeCloseTo(averagePrecision.all!, 9)
    expect(averagePrecision.all).toBeGreaterThan(0.5)
  })

  it('loses little, says which operations ran, and calls float16 on a CPU emulated', () => {
    const [, half, dynamic, fixed] = comparison.columns
    expect(half!.truth).toMatchObject({ arithmetic: 'emulated' })
    // The products of the second stage alone: there is no kernel for dynamic convolutions.
    expect(dynamic!.truth.sentence).toMatch(/^\d of \d+ layers were quantised; ran on bytes: .*(MatMul|Gemm)/u)
    expect(fixed!.truth.sentence).toMatch(/^all \d+ layers were quantised; ran on bytes: \d+ QLinearConv/u)
    for (const { errors, run } of comparison.columns) {
      expect(errors.agreement).toBeGreaterThan(0.75)
      expect(errors.referencePrecision).toBeGreaterThan(0.75)
      expect(run).toMatchObject({ unit: 'picture', samples: sample.pictures.length })
    }
    const decibels = [half!, dynamic!, fixed!].map(({ errors }) => errors.sqnr as number)
    expect(decibels[0]).toBeGreaterThan(decibels[1]!)
    expect(decibels[1]).toBeGreaterThan(decibels[2]!)
    expect(decibels[2]).toBeGreaterThan(30)
  })

  it('measures every layer on the rows that the reference chose, alone and with all before', () => {
    expect(comparison.layers.length).toBeGreaterThan(50)
    const fixed = comparison.columns[3]!
    for (const { isolated, accumulated } of fixed.layers) {
      expect(isolated).toBeGreaterThan(12)
      expect(accumulated).toBeGreaterThan(8)
    }
    // The head reads proposals: on others than the reference's it would have nothing in common with it.
    const head = fixed.layers.filter(({ layer }) => comparison.layers[layer]!.operator !== 'Conv')
    expect(head.length).toBeGreaterThan(1)
    expect(head.every(({ accumulated }) => (accumulated as number) > 15)).toBe(true)
  })

  it('is mixed until what is measured of the mix meets the target, with fewer layers raised than all', () => {
    const { search, columns } = comparison
    expect(search?.met).toBe(true)
    // The search began with what the column with every layer low measures, and ended with what the mix does: on all pictures.
    expect(search!.measured[0]).toEqual({ raised: 0, sqnr: columns[3]!.errors.sqnr })
    expect(search!.measured.at(-1)).toEqual({ raised: search!.recipe.keep.length, sqnr: columns[4]!.errors.sqnr })
    expect(columns[4]!.errors.sqnr).toBeGreaterThanOrEqual(60)
    for (const { sqnr } of search!.measured.slice(0, -1)) expect(sqnr).toBeLessThan(60)
    const kept = search!.recipe.keep.length
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(comparison.layers.length)
    expect(search!.steps).toHaveLength(kept + 1)
    expect(columns[4]!.recipe).toEqual(search!.recipe)
  })

  it('saves the mix as a precision that finds the same boxes in the Detect panel', async () => {
    const { recipe } = comparison.search!
    const saved = await studio.client.precision.save({ modelId: bundled, recipe, name: 'mix' })
    expect(saved).toMatchObject({ id: 'thundernet-emoji-mix', listedAs: bundled, name: 'mix' })
    expect(await precisionsOf(bundled)).toContain('mix')
    await expect(studio.client.precision.save({ modelId: bundled, recipe, name: 'mix' })).rejects.toMatchObject({
      data: { field: 'name' },
    })
    const [first] = sample.pictures
    const { outcome } = await studio.client.detection.detect({
      modelId: bundled,
      precision: 'mix',
      assetId: first!.assetId,
      name: first!.name,
    })
    if (outcome.kind !== 'done') throw new Error('not looked at')
    expect(outcome.result.precision).toBe('mix')
    const facts = (await studio.client.models.list()).find(({ id }) => id === bundled)!.detector!
    const shown = filterCandidates(outcome.result.candidates, defaultFilter(facts))
    const column = comparison.columns[4]!.output
    if (column?.kind !== 'detection') throw new Error('not boxes')
    expect(shown.map(({ score }) => score)).toEqual(column.pictures[0]!.boxes.map(({ score }) => score))
  })

  it('takes the saved precision out of the library, and brings it back until its files are deleted', async () => {
    const { client, folders } = studio
    const variantId = 'thundernet-emoji-mix'
    expect(await client.precision.forget({ variantId })).toEqual([])
    expect(await precisionsOf(bundled)).not.toContain('mix')
    expect((await client.precision.recall({ variantId })).map(({ id }) => id)).toEqual([variantId])
    expect(await precisionsOf(bundled)).toContain('mix')
    await client.precision.forget({ variantId })
    await expect(client.precision.forget({ variantId })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    const removed = join(folders.data, 'variants', 'removed')
    const variants = new PrecisionVariants({
      model: () => Promise.reject(new Error('not asked for')),
      hash: () => Promise.reject(new Error('not asked for')),
      refresh: () => undefined,
      dataFolder: folders.data,
      storeFolder: join(folders.data, 'converted'),
    })
    variants.purge(Date.now() - 60_000)
    expect(await readdir(removed)).toEqual([variantId])
    variants.purge(Date.now() + 60_000)
    expect(await readdir(removed)).toEqual([])
  })

  it('is listed by its pictures, can be taken off the list and brought back', async () => {
    const { client } = studio
    const comparisonIds = [comparison.id]
    expect((await client.precision.list({ search: 'toy-shelf.jpg and 7 more' })).comparisons).toHaveLength(1)
    await client.precision.remove({ comparisonIds })
    expect((await client.precision.list({})).total).toBe(0)
    await client.precision.restore({ comparisonIds })
    expect((await client.precision.list({})).comparisons[0]).toMatchObject({
      id: comparison.id,
      modelName: 'ThunderNet Emoji',
    })
  })
})

describe.skipIf(!isBuilt)('a detector that somebody else made', { timeout: 120_000 }, () => {
  it('is compared without labels: boxes are held against those of float32', async () => {
    const comparison = await compared({
      modelId: foreign,
      subject: { kind: 'detection', pictures: sample.pictures.slice(0, 2), threshold: 0.6 },
      columns: [{ column: 'bf16' }, { column: 'fp8-e4m3' }],
      runs: 1,
    })
    for (const { errors, failure, output } of comparison.columns) {
      expect(failure).toBeNull()
      expect(errors.meanAveragePrecision).toBeNull()
      expect(errors.referencePrecision).toBeGreaterThan(0)
      if (output?.kind !== 'detection') throw new Error('not boxes')
      expect(output.pictures.flatMap(({ boxes }) => boxes).every(({ score }) => score >= 0.6)).toBe(true)
    }
    expect(comparison.columns[0]!.errors.referencePrecision).toBeCloseTo(1, 6)
  })

  it('takes its saved precisions with it when its folder leaves the library, and has them again when it is back', async () => {
    const { client } = studio
    const recipe = { column: 'bf16' as const }
    await client.precision.save({ modelId: foreign, recipe, name: 'rounded' })
    expect(await precisionsOf(foreign)).toContain('rounded')
    const folder = join(data, 'models')
    await client.models.removeFolder({ folder })
    expect(await precisionsOf(foreign)).toBeUndefined()
    expect((await client.precision.saved()).map(({ id }) => id)).toEqual(['tiny-yolov8-rounded'])
    await client.models.addFolder({ folder })
    expect(await precisionsOf(foreign)).toContain('rounded')
  })
})

describe.skipIf(!isBuilt)('a conversation', { timeout: 240_000 }, () => {
  it('is asked about a picture at several precisions, and one that is kept is among those of Chat', async () => {
    const { client } = studio
    const modelId = modelIdSchema.parse('bagel-emoji')
    const { picture, question } = await client.precision.questionSample()
    const comparison = await compared({
      modelId,
      subject: { kind: 'text', prompt: question, picture },
      columns: [{ column: 'int8-weights' }],
    })
    const [reference, bytes] = comparison.columns
    expect(comparison.mainRole).toBe('decoder')
    expect(comparison.roles).toEqual(['decoder', 'token_embedding', 'vision_encoder', 'lm_head'])
    if (reference?.output?.kind !== 'text' || bytes?.output?.kind !== 'text') throw new Error('not texts')
    expect(reference.output.text).toBe('I see a basketball and a star.')
    expect(reference.truth.sentence).toContain('as codes (int8): here each is its code times its scale.')
    expect(bytes.errors.divergence).toBeLessThan(0.01)
    const { recipe } = bytes
    await client.precision.save({ modelId, recipe, roles: comparison.roles, name: 'blocks' })
    const facts = (await client.models.list()).find(({ id }) => id === modelId)!.chat!
    expect(facts.precisions).toEqual(['int8-dynamic', 'blocks'])
    await client.precision.forget({ variantId: 'bagel-emoji-blocks' })
    expect((await client.models.list()).find(({ id }) => id === modelId)!.chat!.precisions).toEqual(['int8-dynamic'])
  })

  it('is refused what it cannot do, in words', async () => {
    const { client } = studio
    const { picture } = await client.precision.questionSample()
    const modelId = modelIdSchema.parse('bagel-emoji')
    const columns = [{ column: 'int4' as const }]
    await expect(
      client.precision.compare({
        modelId,
        columns,
        subject: { kind: 'picture', prompt: 'Draw a cat', negativePrompt: 'a dog' },
      }),
    ).rejects.toMatchObject({ message: 'BAGEL Emoji takes no negative prompt' })
    const other = modelIdSchema.parse('smollm2-135m')
    await expect(
      client.precision.compare({ modelId: other, columns, subject: { kind: 'text', prompt: 'What is it?', picture } }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/reads no pictures\.$/u) as string })
  })
})

describe.skipIf(!isBuilt)('what cannot be compared', { timeout: 60_000 }, () => {
  it('is said before anything runs', async () => {
    const { client } = studio
    const { subjects, columns } = await client.precision.options({ modelId: bundled })
    const reasons = Object.fromEntries(subjects.map(({ kind, reason }) => [kind, reason]))
    expect(reasons).toEqual({
      picture: 'ThunderNet Emoji does not draw pictures.',
      text: 'ThunderNet Emoji does not write text.',
      detection: null,
      graph: null,
    })
    expect(columns.find(({ column }) => column === 'fp16')).toMatchObject({
      arithmetic: 'emulated',
      note: 'stored as fp16, computed in fp32',
    })
    const request = { modelId: bundled, columns: [{ column: 'fp16' as const }] }
    const others = sample.pictures.map((picture) => ({ ...picture, name: `other ${picture.name}` }))
    await expect(client.precision.compare({ ...request, subject: { ...onSample(others) } })).rejects.toMatchObject({
      message: 'The labels are of none of these pictures',
      data: { field: 'truth' },
    })
    await expect(
      client.precision.compare({ ...request, subject: { kind: 'detection', pictures: [] } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(
      client.precision.compare({ ...request, subject: { kind: 'text', prompt: 'Hello' } }),
    ).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', message: 'ThunderNet Emoji does not write text.' })
  })

  it('because a picture cannot be read is said with the picture’s name', async () => {
    const { assetId } = await studio.client.assets
      .upload({ file: new File([new Uint8Array([1, 2, 3])], 'x.png') })
      .catch(() => ({ assetId: null }))
    // What is no picture is refused when it is brought in; one whose bytes went missing, when it is compared.
    expect(assetId).toBeNull()
    const gone = { assetId: 'f'.repeat(64) as (typeof sample.pictures)[number]['assetId'], name: 'gone.png' }
    const { id } = await studio.client.precision.compare({
      modelId: bundled,
      subject: { kind: 'detection', pictures: [gone] },
      columns: [{ column: 'fp16' }],
    })
    expect((await ended(id)).failure).toMatchObject({ message: expect.stringMatching(/^gone\.png: /u) as string })
  })
})
