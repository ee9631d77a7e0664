import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSd3Folder } from './folder'
import { generateImages } from './generate'
import { draw, picturesOf, releaseAfterTests, settingsFor, testRun, tinyModel } from './testing/engine'
import { fixtureModel } from './testing/goldens'

releaseAfterTests()

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'sd3-layouts-'))
})
afterAll(() => rm(scratch, { recursive: true }))

/** Peak signal-to-noise ratio of two pictures of bytes, in dB. */
function psnr(one: Uint8Array, other: Uint8Array): number {
  const squares = one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0)
  return 10 * Math.log10(255 ** 2 / (squares / one.length))
}

describe('one model in every layout draws one picture', () => {
  let expected: Uint8Array
  beforeAll(async () => {
    expected = picturesOf(await draw(await tinyModel('tiny-sd3'), settingsFor()))[0]!.rgb
  })

  it.each(['tiny-sd3-gates', 'tiny-sd3-amdgpu/tiny-sd3_io32', 'tiny-sd3-amdgpu/tiny-sd3_io16'])('%s', async (name) => {
    const [picture] = picturesOf(await draw(await tinyModel(name), settingsFor()))
    // The float16 trees round weights, and one of them every input and output too.
    expect(psnr(picture!.rgb, expected)).toBeGreaterThan(name.includes('io') ? 40 : 60)
  })

  it('the one with its transformer in a folder named unet', async () => {
    const copy = path.join(scratch, 'older')
    await cp(fixtureModel('tiny-sd3-tensorstack'), copy, { recursive: true })
    await rename(path.join(copy, 'transformer'), path.join(copy, 'unet'))
    const settings = settingsFor()
    const [older] = picturesOf(await draw(await readSd3Folder(copy), settings))
    const [usual] = picturesOf(await draw(await tinyModel('tiny-sd3-tensorstack', 256), settings))
    expect(older!.rgb).toEqual(usual!.rgb)
  })

  it('runs guidance in two passes where the transformer was exported for a batch of one', async () => {
    const run = await draw(
      await tinyModel('tiny-sd3-tensorstack', 256),
      settingsFor({ guidanceBatched: true, clipSkip: 1 }),
    )
    const transformer = run.runs.filter(({ role }) => role === 'transformer')
    expect(transformer).toHaveLength(8)
    expect(transformer[0]!.feeds['hidden_states']!.shape[0]).toBe(1)
    const logs = run.events.filter((event) => event.type === 'log').map(({ text }) => text)
    expect(logs.join()).toContain('CLIP-L')
  })
})

describe('a preview decoder', () => {
  it.each(['signed', 'unit'] as const)('draws the frames, %s', async (previewRange) => {
    const copy = path.join(scratch, previewRange)
    await cp(fixtureModel('tiny-sd3'), copy, { recursive: true })
    const graphs = { preview_decoder: 'vae_decoder/model.onnx' }
    await writeFile(
      path.join(copy, 'studio.json'),
      JSON.stringify({ family: 'sd3', graphs, previewRange, t5Length: 32 }),
    )
    const run = await draw(await readSd3Folder(copy), settingsFor({ steps: 2, previewEvery: 1 }))
    const frames = run.events.filter((event) => event.type === 'frame')
    expect(frames.map(({ width, height }) => [width, height])).toEqual(new Array(3).fill([64, 64]))
    expect(run.runs.filter(({ role }) => role === 'preview_decoder')).toHaveLength(3)
  })

  it('does not stand between a cancel and the picture that is kept', async () => {
    const folder = await readSd3Folder(path.join(scratch, 'signed'))
    // Six texts, a first frame, and one step with its frame still to come.
    const run = testRun(folder, { isCancelled: (runs) => runs >= 8 })
    const drawing = generateImages(folder, settingsFor({ steps: 4, previewEvery: 1 }), {}, run)
    await expect(drawing).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(picturesOf(run)).toMatchObject([{ partial: true, stepsDone: 1 }])
  })
})
