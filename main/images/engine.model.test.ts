import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import type { RgbImage } from '../tensor/image'
import { float32, type Tensor } from '../tensor/tensor'
import { EmbeddingCache } from './embedding-cache'
import type { Sd3Folder } from './folder'
import { generateImages } from './generate'
import { anyAsset, draw, picturesOf, releaseAfterTests, settingsFor, testRun, tinyModel } from './testing/engine'

releaseAfterTests()

let folder: Sd3Folder
beforeAll(async () => {
  folder = await tinyModel('tiny-sd3')
})

/** The largest difference between two pictures, in levels of 255. */
function difference(one: Uint8Array, other: Uint8Array): number {
  expect(one).toHaveLength(other.length)
  return one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0)
}

function gradient(width: number, height: number): RgbImage {
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7 + (i >> 6) * 11) % 256)
  return { width, height, rgb }
}

const from = (strength: number) => ({ initImage: { assetId: anyAsset, strength } })

async function onlyPicture(...parameters: Parameters<typeof draw>): Promise<Uint8Array> {
  const [picture] = picturesOf(await draw(...parameters))
  return picture!.rgb
}

describe('the engine', () => {
  it('gives the same bytes for the same request, and others for another seed', async () => {
    const [one, again, other] = [5, 5, 6].map((seed) => onlyPicture(folder, settingsFor({ seed })))
    expect(await one).toEqual(await again)
    expect(difference((await one)!, (await other)!)).toBeGreaterThan(0)
  })

  it('draws the same picture whether guidance runs as one batch or as two passes', async () => {
    const batched = await onlyPicture(folder, settingsFor({ guidanceBatched: true }))
    expect(difference(await onlyPicture(folder, settingsFor({ guidanceBatched: false })), batched)).toBeLessThanOrEqual(
      1,
    )
  })

  it('draws each picture of a batch as it would alone', async () => {
    const batch = picturesOf(await draw(folder, settingsFor({ count: 3, seed: 40 })))
    expect(batch.map(({ item, seed }) => [item, seed])).toEqual([
      [0, 40],
      [1, 41],
      [2, 42],
    ])
    for (const { seed, rgb } of batch) expect(rgb).toEqual(await onlyPicture(folder, settingsFor({ seed })))
  })

  it('does without the negative prompt at a guidance scale of 1 and below', async () => {
    const run = await draw(folder, settingsFor({ guidanceScale: 1 }))
    expect(run.runs.map(({ role }) => role)).toEqual([
      'text_encoder',
      'text_encoder_2',
      'text_encoder_3',
      ...new Array<string>(4).fill('transformer'),
      'vae_decoder',
    ])
    const other = await onlyPicture(folder, settingsFor({ guidanceScale: 0.5, negativePrompt: 'anything else' }))
    expect(other).toEqual(picturesOf(run)[0]!.rgb)
  })

  it('is not guided anywhere by a negative prompt that is the prompt itself', async () => {
    const prompt = 'a red apple on a wooden table'
    const plain = await onlyPicture(folder, settingsFor({ guidanceScale: 1 }))
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1.1, max: 20, noNaN: true }), async (guidanceScale) => {
        const guided = await onlyPicture(folder, settingsFor({ guidanceScale, negativePrompt: prompt }))
        expect(difference(guided, plain)).toBeLessThanOrEqual(1)
      }),
      { numRuns: 5 },
    )
  })

  it('takes one step of Euler and of DPM++ to the same place', async () => {
    const euler = await onlyPicture(folder, settingsFor({ steps: 1 }))
    expect(
      difference(await onlyPicture(folder, settingsFor({ steps: 1, sampler: 'dpmpp-2m' })), euler),
    ).toBeLessThanOrEqual(1)
  })

  it('gives a picture nearly back when it starts at the last noise level', async () => {
    const initImage = gradient(64, 64)
    const { runs } = await draw(folder, settingsFor({ steps: 28, ...from(0.01) }), { initImage }, { posterior: 'mean' })
    const start = runs.find(({ role }) => role === 'transformer')!.feeds['hidden_states']!.data as Float32Array
    const end = runs.find(({ role }) => role === 'vae_decoder')!.feeds['latent_sample']!.data as Float32Array
    const worst = end.reduce((most, z, i) => Math.max(most, Math.abs((z - 0.0609) * 1.5305 - start[i]!)), 0)
    expect(worst).toBeLessThan(0.2)
    expect(runs.filter(({ role }) => role === 'transformer')).toHaveLength(1)
  })

  it('draws any size that is a multiple of 16', async () => {
    const side = fc.integer({ min: 4, max: 9 }).map((units) => units * 16)
    await fc.assert(
      fc.asyncProperty(side, side, async (width, height) => {
        const [picture] = picturesOf(await draw(folder, settingsFor({ width, height, steps: 1, guidanceScale: 1 })))
        expect(picture).toMatchObject({ width, height })
        expect(picture!.rgb).toHaveLength(3 * width * height)
      }),
      { numRuns: 6 },
    )
  })

  it('works with any set of encoders', async () => {
    const all = ['CLIP-L', 'CLIP-G', 'T5'] as const
    for (const withoutEncoders of [[], [all[0]], [all[1]], [all[2]], [...all]]) {
      const run = await draw(folder, settingsFor({ withoutEncoders, steps: 1 }))
      expect(new Set(run.runs.map(({ role }) => role)).size).toBe(5 - withoutEncoders.length)
      expect(picturesOf(run)).toHaveLength(1)
    }
  })
})

describe('inpainting', () => {
  const [width, height] = [64, 64]
  const initImage = gradient(width, height)
  const grey = Uint8Array.from({ length: width * height }, (_, i) => (i % width < 32 ? 0 : 255))

  it('keeps every pixel under black and changes those under white', async () => {
    const rgb = await onlyPicture(folder, settingsFor(from(1)), { initImage, mask: { width, height, grey } })
    const left = (bytes: Uint8Array) => bytes.filter((_, i) => Math.floor(i / 3) % width < 32)
    expect(left(rgb)).toEqual(left(initImage.rgb))
    expect(difference(rgb, initImage.rgb)).toBeGreaterThan(10)
  })

  it('is image to image under an all-white mask', async () => {
    const mask = { width, height, grey: new Uint8Array(width * height).fill(255) }
    const [painted, plain] = [{ initImage, mask }, { initImage }].map((inputs) =>
      onlyPicture(folder, settingsFor(from(0.6)), inputs),
    )
    expect(await painted).toEqual(await plain)
  })
})

describe('what the engine tells', () => {
  it('sends the first frame, then one every so many steps, and a step event for each', async () => {
    const run = await draw(folder, settingsFor({ steps: 5, previewEvery: 2, width: 96 }))
    const frames = run.events.filter((event) => event.type === 'frame')
    expect(frames.map(({ step }) => step)).toEqual([0, 2, 4])
    for (const frame of frames) expect(frame).toMatchObject({ width: 12, height: 8 })
    expect(frames[0]!.rgb).toHaveLength(3 * 12 * 8)
    const steps = run.events.filter((event) => event.type === 'step')
    expect(steps.map(({ step, steps: of }) => [step, of])).toEqual([1, 2, 3, 4, 5].map((step) => [step, 5]))
    expect(steps.at(-1)!.sigma).toBe(0)
  })

  it('counts the steps that a start picture leaves', async () => {
    const run = await draw(folder, settingsFor({ steps: 10, ...from(0.3) }), { initImage: gradient(64, 64) })
    const steps = run.events.filter((event) => event.type === 'step')
    expect(steps).toHaveLength(3)
    expect(steps[0]).toMatchObject({ step: 1, steps: 3 })
    expect(picturesOf(run)[0]).toMatchObject({ stepsDone: 3, partial: false })
  })

  it('names each stage in order and keeps the time of each', async () => {
    const run = await draw(folder, settingsFor({ count: 2 }))
    const stages = run.events.filter((event) => event.type === 'stage').map(({ stage, item }) => `${stage} ${item}`)
    expect(stages.filter((stage) => !stage.startsWith('load'))).toEqual([
      ...new Array<string>(6).fill('encode 0'),
      'denoise 0',
      'decode 0',
      'denoise 1',
      'decode 1',
    ])
    const [first, second] = picturesOf(run)
    expect(Object.keys(first!.timings).sort()).toEqual(['decode', 'denoise', 'encode', 'load'])
    expect(Object.keys(second!.timings).sort()).toEqual(['decode', 'denoise'])
    for (const { timings, graphMilliseconds } of [first!, second!]) {
      const total = Object.values(timings).reduce((sum, time) => sum + time, 0)
      expect(graphMilliseconds).toBeGreaterThan(0)
      expect(graphMilliseconds).toBeLessThanOrEqual(total)
    }
  })

  it('says when each graph is done with, the transformer only after the last picture', async () => {
    const run = await draw(folder, settingsFor({ count: 2 }))
    expect(run.released).toEqual([
      'text_encoder',
      'text_encoder_2',
      'text_encoder_3',
      'transformer',
      'vae_decoder',
      'preview_decoder',
    ])
  })

  it('does not encode a prompt twice', async () => {
    const embeddings = new EmbeddingCache()
    const first = { ...testRun(folder), embeddings }
    const second = { ...testRun(folder), embeddings }
    await generateImages(folder, settingsFor(), {}, first)
    await generateImages(folder, settingsFor({ negativePrompt: 'other' }), {}, second)
    const encoderRuns = (run: typeof first) => run.runs.filter(({ role }) => role.startsWith('text_encoder')).length
    expect(encoderRuns(first)).toBe(6)
    expect(encoderRuns(second)).toBe(3)
  })
})

describe('a cancel', () => {
  it('while denoising keeps what there is, marked as partial', async () => {
    // Three encoders with two texts, then two steps of the transformer.
    const run = testRun(folder, { isCancelled: (runs) => runs >= 8 })
    await expect(generateImages(folder, settingsFor({ count: 2 }), {}, run)).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    const pictures = picturesOf(run)
    expect(pictures).toHaveLength(1)
    expect(pictures[0]).toMatchObject({ item: 0, partial: true, stepsDone: 2, width: 64, height: 64 })
    expect(run.released).toContain('vae_decoder')
  })

  it.each([0, 3, 6])('after %i graph runs leaves no picture', async (allowed) => {
    const run = testRun(folder, { isCancelled: (runs) => runs >= allowed })
    await expect(generateImages(folder, settingsFor(), {}, run)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(picturesOf(run)).toEqual([])
    expect(run.runs).toHaveLength(allowed)
  })

  it('after the last step lets the picture be finished, and stops before the next', async () => {
    const run = testRun(folder, { isCancelled: (runs) => runs >= 10 })
    await expect(generateImages(folder, settingsFor({ count: 2 }), {}, run)).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(picturesOf(run)).toMatchObject([{ item: 0, partial: false, stepsDone: 4 }])
  })
})

describe('numbers that are not finite', () => {
  const spoil = (outputs: Record<string, Tensor>) =>
    Object.fromEntries(
      Object.entries(outputs).map(([name, { shape, data }]) => {
        const values = (data as Float32Array).slice()
        values[1] = Number.NaN
        return [name, float32(shape, values)]
      }),
    )

  it.each([
    ['text_encoder_3', 'T5', '8-bit'],
    ['transformer', 'transformer', 'CPU'],
    ['vae_encoder', 'VAE encoder', 'CPU'],
    ['vae_decoder', 'VAE decoder', 'CPU'],
  ])('from %s are named with a remedy', async (role, name, remedy) => {
    const change = (from: string, outputs: Record<string, Tensor>) => (from === role ? spoil(outputs) : outputs)
    const inputs = { initImage: gradient(64, 64) }
    const error: unknown = await draw(folder, settingsFor(from(0.5)), inputs, {}, { change }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(StudioError)
    expect(error).toMatchObject({ code: 'NOT_FINITE', message: expect.stringContaining(name) })
    expect((error as StudioError).data.remedy).toContain(remedy)
  })
})
