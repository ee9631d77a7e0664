import { cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imageModelFactsSchema } from '../../contract/models'
import { imageModelFacts } from './facts'
import { isSd3Folder, readSd3Folder } from './folder'
import { fixtureModel } from './testing/goldens'

let scratch: string
beforeEach(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'sd3-folder-'))
})
afterEach(() => rm(scratch, { recursive: true }))

/** A copy of a tiny model that a test may damage. */
async function copyOf(name: string): Promise<string> {
  const folder = path.join(scratch, name)
  await cp(fixtureModel(name), folder, { recursive: true })
  return folder
}

async function writeJson(folder: string, name: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
  await writeFile(path.join(folder, name), JSON.stringify(value))
}

describe('readSd3Folder', () => {
  it('reads an optimum export', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3'))
    expect(folder).toMatchObject({
      name: 'tiny-sd3',
      layout: 'optimum',
      precision: 'float32',
      t5Length: 256,
      sideMultiple: 16,
      maxSide: 24 * 16,
      defaults: { width: 128, height: 128, steps: 28, shift: 3 },
      vae: { scalingFactor: 1.5305, shiftFactor: 0.0609, channels: 16, pixels: 8 },
      gatedBlocks: 0,
      problems: [],
    })
    expect(folder.encoders.map(({ name }) => name)).toEqual(['CLIP-L', 'CLIP-G', 'T5'])
    expect(Object.keys(folder.graphs)).toHaveLength(6)
    expect(folder.bytes).toBeGreaterThan(1e6)
    expect(imageModelFactsSchema.parse(imageModelFacts(folder))).toMatchObject({
      canEncode: true,
      hasBlockGates: false,
      hasPreviewDecoder: false,
      maxSide: 384,
    })
    expect(folder.sizes[0]).toEqual([128, 128])
    for (const side of folder.sizes.flat()) expect(side % 16).toBe(0)
  })

  it('counts the gates of a transformer that has them', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3-gates'))
    expect(folder.gatedBlocks).toBe(3)
    expect(imageModelFacts(folder).hasBlockGates).toBe(true)
  })

  it('reads a TensorStack folder, which has no index and no scheduler', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3-tensorstack'))
    expect(folder).toMatchObject({
      name: 'Tiny SD3',
      layout: 'TensorStack',
      defaults: { shift: 3, width: 128 },
      problems: [],
    })
    expect(folder.files.some((file) => file.endsWith('model.onnx.data'))).toBe(true)
  })

  it('reads the older layout with the transformer in a folder named unet', async () => {
    const folder = await copyOf('tiny-sd3-tensorstack')
    await rename(path.join(folder, 'transformer'), path.join(folder, 'unet'))
    const read = await readSd3Folder(folder)
    expect(read.graphs.transformer).toBe(path.join(folder, 'unet/model.onnx'))
    expect(read.problems).toEqual([])
  })

  it('takes the float32 tree of an AMD repository', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3-amdgpu'))
    expect(folder.layout).toBe('AMD (float32 inputs)')
    expect(folder.path).toBe(fixtureModel('tiny-sd3-amdgpu/tiny-sd3_io32'))
    expect(folder.precision).toBe('float16')
  })

  it('lets studio.json say what the other files do not', async () => {
    const folder = await copyOf('tiny-sd3')
    await rename(path.join(folder, 'vae_decoder/model.onnx'), path.join(folder, 'decoder.onnx'))
    await writeJson(folder, 'studio.json', {
      family: 'sd3',
      name: 'Emoji',
      licence: 'MIT',
      graphs: { vae_decoder: { file: 'decoder.onnx', sha256: '0' } },
      defaults: { width: 96, steps: 9 },
      sizes: [[96, 96]],
      t5Length: 40,
      latentColours: { rows: Array.from({ length: 16 }, () => [0, 0, 1]), bias: [0, 0, 0] },
      previewRange: 'unit',
      prompts: ['a red apple'],
      somethingNew: true,
    })
    expect(await readSd3Folder(folder)).toMatchObject({
      name: 'Emoji',
      layout: 'Atelier',
      licence: 'MIT',
      graphs: { vae_decoder: path.join(folder, 'decoder.onnx') },
      defaults: { width: 96, height: 128, steps: 9 },
      sizes: [[96, 96]],
      t5Length: 40,
      previewRange: 'unit',
      prompts: ['a red apple'],
      problems: [],
    })
  })

  it('passes over fields that it does not know and reads dynamic shift', async () => {
    const folder = await copyOf('tiny-sd3')
    const config = { shift: 2, use_dynamic_shifting: true, max_shift: 1.2, invert_sigmas: false, new_field: [1] }
    await writeJson(folder, 'scheduler/scheduler_config.json', config)
    expect(await readSd3Folder(folder)).toMatchObject({
      defaults: { shift: 2 },
      dynamicShift: { baseShift: 0.5, maxShift: 1.2, baseTokens: 256, maxTokens: 4096 },
      problems: [],
    })
  })

  it('knows that turbo models take few steps and no guidance', async () => {
    const folder = path.join(scratch, 'stable-diffusion-3.5-large-turbo')
    await cp(fixtureModel('tiny-sd3'), folder, { recursive: true })
    expect((await readSd3Folder(folder)).defaults).toMatchObject({ steps: 4, guidanceScale: 1 })
  })

  it('works without some of the text encoders', async () => {
    const folder = await copyOf('tiny-sd3')
    await rm(path.join(folder, 'text_encoder_3'), { recursive: true })
    const read = await readSd3Folder(folder)
    expect(read.encoders.map(({ name }) => name)).toEqual(['CLIP-L', 'CLIP-G'])
    expect(read.problems).toEqual([])
  })
})

describe('readSd3Folder names what is wrong', () => {
  it.each(['transformer', 'vae_decoder'])('when %s is missing', async (part) => {
    const folder = await copyOf('tiny-sd3')
    await rm(path.join(folder, part), { recursive: true })
    const [problem] = (await readSd3Folder(folder)).problems
    expect(problem?.message).toContain(`${part}/model.onnx`)
    expect(problem?.remedy).toContain(part)
  })

  it('when no text encoder is there', async () => {
    const folder = await copyOf('tiny-sd3')
    for (const part of ['text_encoder', 'text_encoder_2', 'text_encoder_3'])
      await rm(path.join(folder, part), { recursive: true })
    expect((await readSd3Folder(folder)).problems[0]?.message).toContain('text_encoder')
  })

  it('when a graph is cut short', async () => {
    const folder = await copyOf('tiny-sd3')
    await truncate(path.join(folder, 'transformer/model.onnx'), 100_000)
    expect((await readSd3Folder(folder)).problems[0]?.message).toContain(path.join('transformer', 'model.onnx'))
  })

  it('when the weights beside a graph are missing or cut short', async () => {
    const folder = await copyOf('tiny-sd3-tensorstack')
    const weights = path.join(folder, 'transformer/model.onnx.data')
    await truncate(weights, 1000)
    expect((await readSd3Folder(folder)).problems[0]?.message).toContain('model.onnx.data')
    await rm(weights)
    const [problem] = (await readSd3Folder(folder)).problems
    expect(problem?.message).toContain('model.onnx.data')
    expect(problem?.remedy).toContain('beside')
  })

  it('when a configuration is not JSON', async () => {
    const folder = await copyOf('tiny-sd3')
    const file = path.join(folder, 'transformer/config.json')
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 50))
    expect((await readSd3Folder(folder)).problems[0]?.message).toContain('config.json')
  })
})

describe('isSd3Folder', () => {
  it('says no to folders of other models, to empty ones and to none', async () => {
    const other = await copyOf('tiny-sd3')
    await writeJson(other, 'model_index.json', { _class_name: 'StableDiffusionXLPipeline' })
    const ours = path.join(scratch, 'detector')
    await writeJson(ours, 'studio.json', { family: 'detector' })
    expect(await isSd3Folder(other)).toBe(false)
    expect(await isSd3Folder(ours)).toBe(false)
    expect(await isSd3Folder(scratch)).toBe(false)
    expect(await isSd3Folder(path.join(scratch, 'none'))).toBe(false)
    await expect(readSd3Folder(scratch)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })

  it('says yes to a model whose index is damaged, so that the damage can be shown', async () => {
    const folder = await copyOf('tiny-sd3')
    await writeFile(path.join(folder, 'model_index.json'), '{')
    expect(await isSd3Folder(folder)).toBe(true)
  })
})
