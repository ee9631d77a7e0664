import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DetectionSummary } from '../../contract/detection'
import { defaultFilter, filterCandidates } from '../../contract/detection-boxes'
import { evaluateAgainst } from '../../contract/detection-metrics'
import { parseCocoTruth } from '../../contract/detection-truth'
import type { AssetId, DetectionRunId, JobId } from '../../contract/ids'
import { modelIdSchema } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import { openStudio, type Studio } from './studio'

// Detection on a real studio with tiny detectors: one picture, folders, bad files, and the way through the queue.
// The worker and the helper thread are bundles; `npm run build` makes them.

const isBuilt = existsSync('dist/core/helper-thread.cjs')
const modelId = modelIdSchema.parse('tiny-yolov8')
let data = ''
let studio: Studio
const folderOf = (name: string): string => path.join(data, name)

beforeAll(async () => {
  data = await mkdtemp(path.join(tmpdir(), 'detection-'))
  studio = await openStudio({ data: path.join(data, 'studio'), jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
  await studio.client.models.addFolder({ folder: path.resolve('test-fixtures/detect') })
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

/** A picture with one bright corner, so that turning it shows. */
function picture(width: number, height: number) {
  const mark = {
    input: { create: { width: 8, height: 8, channels: 3, background: '#ff2020' } },
    left: 0,
    top: 0,
  } as const
  return sharp({ create: { width, height, channels: 3, background: '#406080' } }).composite([mark])
}

async function upload(bytes: Buffer): Promise<AssetId> {
  return (await studio.client.assets.upload({ file: new File([new Uint8Array(bytes)], 'picture') })).assetId
}

async function pages(runId: DetectionRunId): Promise<DetectionSummary[]> {
  return (await studio.client.detection.list({ runId, limit: 500 })).detections
}

async function runFolder(folder: string): Promise<{ job: Job; runId: DetectionRunId }> {
  const { id } = await studio.client.detection.runFolder({ modelId, source: { kind: 'folder', folder } })
  const job = await ended(id)
  return { job, runId: job.detectionRunId! }
}

describe.skipIf(!isBuilt)('one picture', () => {
  it('is looked at, filed with its raw boxes, and found again', async () => {
    const assetId = await upload(await picture(100, 60).png().toBuffer())
    const detection = await studio.client.detection.detect({ modelId, assetId, name: 'shelf.png' })
    expect(detection.outcome).toMatchObject({
      kind: 'done',
      result: { width: 100, height: 60, provider: 'cpu', notes: [] },
    })
    if (detection.outcome.kind !== 'done') return
    const { candidates, timings } = detection.outcome.result
    expect(candidates.scores.length).toBeGreaterThan(10)
    expect(candidates.boxes.length).toBe(4 * candidates.scores.length)
    expect(Math.min(...candidates.boxes)).toBeGreaterThanOrEqual(0)
    expect(Math.min(timings.decode, timings.prepare, timings.network, timings.finish)).toBeGreaterThan(0)
    expect(await studio.client.detection.get({ detectionId: detection.id })).toEqual(detection)
    const { detections, total } = await studio.client.detection.list({})
    const facts = (await studio.client.models.list()).find(({ id }) => id === modelId)!.detector!
    expect(total).toBe(1)
    expect(detections[0]).toMatchObject({
      name: 'shelf.png',
      count: filterCandidates(candidates, defaultFilter(facts)).length,
    })
    expect(await studio.client.detection.picture({ detectionId: detection.id })).toEqual({ assetId })
    await studio.client.detection.remove({ detectionIds: [detection.id] })
    expect((await studio.client.detection.list({})).total).toBe(0)
    await studio.client.detection.restore({ detectionIds: [detection.id] })
    expect((await studio.client.detection.list({})).total).toBe(1)
  })

  it('of a video is looked at without a trace', async () => {
    const file = new File([new Uint8Array(await picture(64, 48).jpeg().toBuffer())], 'frame.jpg')
    const before = (await studio.client.detection.list({})).total
    const result = await studio.client.detection.detectFrame({ modelId, file })
    expect(result).toMatchObject({ width: 64, height: 48 })
    expect((await studio.client.detection.list({})).total).toBe(before)
  })

  it('is not looked into where the detector has no stages', async () => {
    const assetId = await upload(await picture(64, 48).png().toBuffer())
    await expect(studio.client.detection.layers({ modelId, assetId })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
    })
  })

  it('waits for the task in hand instead of being refused', async () => {
    const assetId = await upload(await picture(640, 480).png().toBuffer())
    const call = () => studio.client.detection.detect({ modelId, assetId, name: 'again.png' })
    const all = await Promise.all([call(), call(), call()])
    expect(all.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done', 'done'])
  })
})

describe.skipIf(!isBuilt)('a folder', () => {
  it('is run through with failures last and nothing lost', async () => {
    const folder = folderOf('mixed')
    await mkdir(path.join(folder, 'deep'), { recursive: true })
    const save = (name: string, bytes: Uint8Array | string) => writeFile(path.join(folder, name), bytes)
    await save('img10.png', await picture(100, 60).png().toBuffer())
    await save('img2.jpg', await picture(100, 60).jpeg().toBuffer())
    await save(
      'deep/alpha.png',
      await sharp({ create: { width: 100, height: 60, channels: 4, background: '#40608080' } })
        .png()
        .toBuffer(),
    )
    await save('sixteen.png', await picture(100, 60).toColourspace('rgb16').png().toBuffer())
    await save('grey.tif', await picture(100, 60).greyscale().tiff().toBuffer())
    await save('cmyk.jpg', await picture(100, 60).toColourspace('cmyk').jpeg().toBuffer())
    const frames = Buffer.alloc(100 * 240 * 3).map((_, index) => Math.floor(index / 18_000) * 60)
    const animation = sharp(frames, { raw: { width: 100, height: 240, channels: 3, pageHeight: 60 } })
    await save('moving.gif', await animation.gif({ delay: [50, 50, 50, 50] }).toBuffer())
    await save('turned.jpg', await picture(100, 60).jpeg().withMetadata({ orientation: 6 }).toBuffer())
    const whole = await sharp(
      Buffer.alloc(300 * 300 * 3).map((_, i) => (i * 7919) % 251),
      {
        raw: { width: 300, height: 300, channels: 3 },
      },
    )
      .jpeg()
      .toBuffer()
    await save('cut.jpg', whole.subarray(0, whole.length / 2))
    await save('empty.jpg', '')
    await save('text.png', 'this is no picture')
    await save('huge.png', hugePng(30_000))
    await save('notes.txt', 'not a picture, and not called one')
    await save('.hidden.png', 'neither')
    const { job, runId } = await runFolder(folder)
    expect(job).toMatchObject({ status: 'done', title: 'mixed', progress: { fraction: 1, items: 12 } })
    const list = await pages(runId)
    expect(list.map(({ name }) => name)).toEqual([
      'cmyk.jpg',
      'deep/alpha.png',
      'grey.tif',
      'img2.jpg',
      'img10.png',
      'moving.gif',
      'sixteen.png',
      'turned.jpg',
      'cut.jpg',
      'empty.jpg',
      'huge.png',
      'text.png',
    ])
    const failures = list.flatMap(({ failure }) => (failure === null ? [] : [failure]))
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      ['INVALID_INPUT', 'The picture’s file is cut off'],
      ['INVALID_INPUT', 'The file is empty'],
      ['PICTURE_TOO_LARGE', 'The picture has 30,000 × 30,000 = 900,000,000 pixels'],
      ['INVALID_INPUT', 'This file is not a picture that can be read'],
    ])
    expect(failures[2]?.remedy).toContain('100,000,000')
    const notes = new Map<string, readonly string[]>()
    for (const { id, name, thumbnailId } of list.slice(0, 8)) {
      const { outcome } = await studio.client.detection.get({ detectionId: id })
      if (outcome.kind !== 'done') throw new Error(name)
      expect(thumbnailId).not.toBeNull()
      const { width, height } = outcome.result
      expect([name, width, height]).toEqual([name, ...(name === 'turned.jpg' ? [60, 100] : [100, 60])])
      notes.set(name, outcome.result.notes)
    }
    expect(Object.fromEntries(notes)).toEqual({
      'cmyk.jpg': ['CMYK turned into RGB'],
      'deep/alpha.png': ['transparent parts on white'],
      'grey.tif': [],
      'img2.jpg': [],
      'img10.png': [],
      'moving.gif': ['first frame of 4'],
      'sixteen.png': ['turned into 8 bits a channel'],
      'turned.jpg': ['turned upright'],
    })
    const run = await studio.client.detection.getRun({ runId })
    expect(run).toMatchObject({ total: 12, done: 8, failed: 4, name: 'mixed', jobId: job.id })
    expect((await studio.client.detection.runs({})).runs[0]).toEqual(run)
  })

  it('gives its pictures as assets when they are opened, in a form that a window shows', async () => {
    const { runs } = await studio.client.detection.runs({})
    const list = await pages(runs[0]!.id)
    const opened = async (name: string) => {
      const { id } = list.find((one) => one.name === name)!
      const { assetId } = await studio.client.detection.picture({ detectionId: id })
      const file = path.join(studio.folders.assets, assetId.slice(0, 2), assetId)
      expect((await studio.client.detection.get({ detectionId: id })).assetId).toBe(assetId)
      return sharp(file).metadata()
    }
    expect(await opened('img2.jpg')).toMatchObject({ format: 'jpeg', width: 100 })
    expect(await opened('grey.tif')).toMatchObject({ format: 'png', width: 100 })
    expect(await opened('moving.gif')).toMatchObject({ format: 'png', height: 60 })
  })

  it('that is stopped goes on where it stopped, and tries again what failed', async () => {
    const folder = folderOf('many')
    await mkdir(folder)
    const png = await picture(100, 60).png().toBuffer()
    const jpeg = await picture(120, 80).jpeg().toBuffer()
    const names = Array.from({ length: 200 }, (_, index) => `p${String(index).padStart(3, '0')}.png`)
    for (const name of names) await writeFile(path.join(folder, name), png)
    await writeFile(path.join(folder, 'p000.png'), 'broken at first')
    const { id } = await studio.client.detection.runFolder({ modelId, source: { kind: 'folder', folder } })
    for await (const event of await studio.client.jobs.watch()) {
      if (event.type === 'progress' && event.jobId === id && event.progress.step >= 3) break
    }
    // A file that goes while the run is on its way is a failure, not the end.
    await rm(path.join(folder, 'p199.png'))
    await studio.client.jobs.cancel({ jobId: id })
    const stopped = await ended(id)
    expect(stopped.status).toBe('cancelled')
    const runId = stopped.detectionRunId!
    const before = await studio.client.detection.getRun({ runId })
    expect(before.done).toBeGreaterThan(0)
    expect(before.done).toBeLessThan(200)
    const kept = new Set((await pages(runId)).filter(({ failure }) => failure === null).map((one) => one.id))
    await copyFile(path.join(folder, 'p001.png'), path.join(folder, 'p000.png'))
    await writeFile(path.join(folder, 'p200.png'), jpeg)
    // Trying the job again goes on with its run, as does asking for it.
    const again = await ended((await studio.client.jobs.retry({ jobId: id })).id)
    expect(again).toMatchObject({ status: 'done', detectionRunId: runId })
    const after = await pages(runId)
    expect(after.filter(({ id: one }) => kept.has(one)).length).toBe(kept.size)
    expect(new Set(after.map(({ name }) => name)).size).toBe(after.length)
    expect(await studio.client.detection.getRun({ runId })).toMatchObject({ total: 200, done: 200, failed: 0 })
    const third = await ended((await studio.client.detection.continueRun({ runId })).id)
    expect(third.status).toBe('done')
  })

  it('of uploaded pictures is a run as well', async () => {
    const pictures = [
      { assetId: await upload(await picture(100, 60).png().toBuffer()), name: 'album/b.png' },
      { assetId: await upload(await picture(60, 60).png().toBuffer()), name: 'album/a.png' },
    ]
    const source = { kind: 'assets' as const, name: 'album', pictures }
    const job = await ended((await studio.client.detection.runFolder({ modelId, source })).id)
    const list = await pages(job.detectionRunId!)
    expect(list.map(({ name, assetId }) => [name, assetId])).toEqual([
      ['album/a.png', pictures[1]!.assetId],
      ['album/b.png', pictures[0]!.assetId],
    ])
  })

  it('that is not there, holds no pictures or is none is refused at once', async () => {
    await mkdir(folderOf('bare'))
    await writeFile(path.join(folderOf('bare'), 'notes.txt'), 'x')
    const run = (folder: string) => studio.client.detection.runFolder({ modelId, source: { kind: 'folder', folder } })
    await expect(run(folderOf('nowhere'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('is not there') as unknown,
    })
    await expect(run(folderOf('bare'))).rejects.toMatchObject({
      message: expect.stringContaining('There are no pictures') as unknown,
    })
    await expect(run(path.join(folderOf('bare'), 'notes.txt'))).rejects.toMatchObject({
      message: expect.stringContaining('is no folder') as unknown,
    })
  })

  it('is held against labels, by file name, off the engine’s thread', async () => {
    const folder = folderOf('labelled')
    await mkdir(folder)
    for (const name of ['a.png', 'b.png'])
      await writeFile(path.join(folder, name), await picture(100, 60).png().toBuffer())
    const { runId } = await runFolder(folder)
    const { outcome } = await studio.client.detection.get({ detectionId: (await pages(runId))[0]!.id })
    if (outcome.kind !== 'done') throw new Error('It failed')
    const facts = (await studio.client.models.list()).find(({ id }) => id === modelId)!.detector!
    const found = filterCandidates(outcome.result.candidates, { ...defaultFilter(facts), score: 0 })
    // What it found in one picture is declared to be what is there.
    const truth = {
      images: [
        { id: 1, file_name: 'a.png' },
        { id: 2, file_name: 'not in the run.png' },
      ],
      categories: facts.classes,
      annotations: found.map(({ box: [left, top, right, bottom], classId }, index) => {
        return { id: index + 1, image_id: 1, category_id: classId, bbox: [left, top, right - left, bottom - top] }
      }),
    }
    const evaluation = await studio.client.detection.evaluate({
      runId,
      truth: new File([JSON.stringify(truth)], 'truth.json'),
    })
    expect(evaluation).toMatchObject({
      pictures: 1,
      labels: found.length,
      unmatched: { truth: ['not in the run.png'], run: ['b.png'] },
    })
    const both = ['a.png', 'b.png'].map((name) => ({ name, detections: found }))
    expect(evaluation).toEqual(evaluateAgainst(parseCocoTruth(truth), both, facts.classes))
    expect(evaluation.averagePrecision.at50).toBeGreaterThan(0)
    const wrong = studio.client.detection.evaluate({ runId, truth: new File(['{'], 'truth.json') })
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'The labels are not JSON' })
  })

  it('goes with its pictures and comes back with them', async () => {
    const { runs, total } = await studio.client.detection.runs({})
    const runId = runs[0]!.id
    await studio.client.detection.removeRuns({ runIds: [runId] })
    expect((await studio.client.detection.runs({})).total).toBe(total - 1)
    await studio.client.detection.restoreRuns({ runIds: [runId] })
    expect((await studio.client.detection.runs({})).runs[0]).toEqual(runs[0])
  })
})

/** The header of a PNG of so many pixels a side, and nothing behind it: whoever decodes it before looking at its size, fails otherwise. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(header)
  header.writeUInt32BE(side, 16)
  header.writeUInt32BE(side, 20)
  Buffer.from('0802000000', 'hex').copy(header, 24)
  header.writeUInt32BE(crc32(header.subarray(12, 29)), 29)
  return Buffer.concat([header, Buffer.from('0000000049444154', 'hex'), Buffer.from('35af061e', 'hex')])
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
