import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AssetId, JobId } from '../../contract/ids'
import { modelIdSchema } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import { openStudio, type Studio } from './studio'

// What goes wrong around a job, on a real studio with a tiny model: the fault is named, and the next job works.
// The inference worker is a bundle; `npm run build` makes it.

const isBuilt = existsSync('dist/core/inference-worker.cjs')
let data = ''
let studio: Studio

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = join(process.cwd(), 'test-fixtures/models')
  data = await mkdtemp(join(tmpdir(), 'faults-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
})
afterAll(async () => {
  await studio.close()
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

const request = {
  modelId: modelIdSchema.parse('tiny-sd3'),
  prompt: 'a lighthouse',
  width: 64,
  height: 64,
  steps: 3,
  guidanceScale: 2,
  shift: 3,
  seed: 5,
}

async function ended(jobId: JobId): Promise<Job> {
  for await (const event of await studio.client.jobs.watch()) {
    const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
    const job = jobs.find(({ id }) => id === jobId)
    if (job !== undefined && job.status !== 'queued' && job.status !== 'running') return job
  }
  throw new Error('The stream of jobs ended')
}

async function picture(width: number, height: number): Promise<AssetId> {
  const png = await sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .png()
    .toBuffer()
  return (await studio.client.assets.upload({ file: new File([new Uint8Array(png)], 'picture.png') })).assetId
}

const draw = async (change: object = {}): Promise<Job> =>
  ended((await studio.client.images.generate({ ...request, ...change })).id)

const full = mountsSmallDisks()
function mountsSmallDisks(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const probe = join(tmpdir(), `mount-${process.pid}`)
  const mounted =
    spawnSync('mkdir', [probe]).status === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0
  spawnSync('umount', [probe])
  spawnSync('rmdir', [probe])
  return mounted
}

describe.skipIf(!isBuilt)('a job that cannot be done', () => {
  it('names the mask where it has another size than its picture', async () => {
    const initImage = { assetId: await picture(64, 64), strength: 0.6, maskAssetId: await picture(64, 48) }
    expect(await draw({ initImage })).toMatchObject({
      status: 'failed',
      failure: {
        code: 'INVALID_INPUT',
        field: 'initImage.maskAssetId',
        remedy: expect.stringContaining('same size') as string,
      },
    })
    expect(await draw({ initImage: { ...initImage, maskAssetId: await picture(64, 64) } })).toMatchObject({
      status: 'done',
    })
  })

  it('says what a model cannot do before anything is queued', async () => {
    const before = (await studio.client.jobs.list()).length
    await expect(studio.client.images.generate({ ...request, width: 4096 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'width' },
    })
    await expect(
      studio.client.images.generate({ ...request, initImage: { assetId: '0'.repeat(64), strength: 0.5 } }),
    ).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
    expect((await studio.client.jobs.list()).length).toBe(before)
  })

  it('keeps the pictures that were finished when it is stopped in the middle of a batch', async () => {
    const job = await studio.client.images.generate({ ...request, steps: 150, count: 4 })
    for await (const event of await studio.client.jobs.watch()) {
      if (event.type === 'progress' && event.progress.item === 1 && event.progress.step > 2) break
    }
    await studio.client.jobs.cancel({ jobId: job.id })
    const stopped = await ended(job.id)
    expect(stopped.status).toBe('cancelled')
    const images = await Promise.all(stopped.imageIds.map((imageId) => studio.client.images.get({ imageId })))
    expect(images.map(({ partial }) => partial)).toEqual([false, true])
    expect(images[1]?.stepsDone).toBeLessThan(150)
  })

  it('remembers of a stopped picture how many steps its start picture had left', async () => {
    const initImage = { assetId: await picture(64, 64), strength: 0.5 }
    const job = await studio.client.images.generate({ ...request, steps: 200, initImage })
    for await (const event of await studio.client.jobs.watch()) {
      if (event.type !== 'progress' || event.progress.step < 3) continue
      expect(event.progress.steps).toBe(100)
      break
    }
    await studio.client.jobs.cancel({ jobId: job.id })
    const [imageId] = (await ended(job.id)).imageIds
    const image = await studio.client.images.get({ imageId: imageId! })
    expect(image).toMatchObject({ partial: true, stepsPlanned: 100, settings: { steps: 200 } })
    expect(image.stepsDone).toBeLessThan(100)
  })

  it.skipIf(!full)('says that the disk is full, and works again once there is room', async () => {
    const assets = join(data, 'assets')
    await mkdir(assets, { recursive: true })
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', assets]).status).toBe(0)
    try {
      expect(await draw({ seed: 77 })).toMatchObject({ status: 'failed', failure: { code: 'DISK_FULL' } })
    } finally {
      spawnSync('umount', [assets])
    }
    expect(await draw({ seed: 78 })).toMatchObject({ status: 'done' })
  })
})
