import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { languageModelFactsSchema } from '../../contract/speculation'
import { Residency } from '../runtime/residency'
import { languageModelFacts } from './language-facts'
import { isLanguageFolder, readLanguageFolder } from './language-folder'
import { openLanguageModel } from './open-language-model'
import { tinyFolder, tinyStandardFolder } from './testing/tiny-model'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-language-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function copyOf(folder: string): Promise<string> {
  const copy = join(root, basename(folder))
  await cp(folder, copy, { recursive: true })
  return copy
}

/** A copy of our fixture whose studio.json was edited. */
async function edited(edit: (manifest: Record<string, unknown>) => void): Promise<string> {
  const folder = await copyOf(tinyFolder)
  const file = join(folder, 'studio.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  edit(manifest)
  await writeFile(file, JSON.stringify(manifest))
  return folder
}

describe('our folder', () => {
  it('is read whole: sizes, precisions, drafters, files that count once', async () => {
    const folder = await readLanguageFolder(tinyFolder)
    expect(folder).toMatchObject({
      layout: 'Atelier',
      hasChatTemplate: true,
      problems: [],
      endTokens: [2],
      beginToken: null,
    })
    expect(folder.files).toHaveLength(new Set(folder.files).size)
    expect(folder.files.filter((file) => file.endsWith('weights.data'))).toHaveLength(1)
    expect(folder.drafters['mtp-parallel']?.heads).toBe(4)
    const facts = languageModelFacts(folder)
    expect(languageModelFactsSchema.parse(facts)).toEqual(facts)
    expect(facts).toMatchObject({ contextLength: 512, vocabularySize: 320, defaultPrecision: 'int8', trees: true })
    expect(facts.strategies).toEqual([
      'plain',
      'draft',
      'lookup',
      'retrieval',
      'early-exit',
      'medusa',
      'mtp',
      'mtp-parallel',
      'eagle',
      'lookup-mtp',
    ])
  })

  it('offers what can run with what is there', async () => {
    const folder = await edited((manifest) => {
      delete manifest['retrieval']
      manifest['drafters'] = { 'early-exit': (manifest['drafters'] as Record<string, unknown>)['early-exit'] }
      manifest['precisions'] = { int4: { target: 'target-int4.onnx' } }
      manifest['defaultPrecision'] = 'int4'
    })
    expect(languageModelFacts(await readLanguageFolder(folder)).strategies).toEqual(['plain', 'lookup'])
  })

  it.each([
    ['tokenizer.json', 'tokenizer.json'],
    ['weights.data', 'weights.data'],
    ['medusa.onnx', 'medusa.onnx'],
    ['datastore.bin', 'datastore.bin'],
  ])('says that %s is missing, and what to do', async (file, named) => {
    const folder = await copyOf(tinyFolder)
    await rm(join(folder, file))
    const { problems } = await readLanguageFolder(folder)
    expect(problems[0]?.message).toContain(named)
    expect(problems[0]?.remedy).toContain(named)
  })

  it('says that weights are cut off, and that settings are broken', async () => {
    const cut = await copyOf(tinyFolder)
    await truncate(join(cut, 'weights.data'), 1000)
    expect((await readLanguageFolder(cut)).problems[0]?.message).toContain('cut off')
    await writeFile(join(cut, 'tokenizer_config.json'), '{')
    expect((await readLanguageFolder(cut)).problems.at(-1)?.message).toContain('tokenizer_config.json')
    await rm(cut, { recursive: true })
    const odd = await edited((manifest) => (manifest['defaultPrecision'] = 'int3'))
    expect((await readLanguageFolder(odd)).problems[0]).toMatchObject({
      message: expect.stringContaining('"int3"'),
      remedy: 'Set defaultPrecision to one of: int8, int4, float32.',
    })
    await writeFile(join(odd, 'studio.json'), '{"family": "causal-lm", "sizes": {"layers": "four"}}')
    await expect(readLanguageFolder(odd)).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringContaining('layers'),
    })
  })

  it('is told from other folders', async () => {
    expect(await isLanguageFolder(tinyFolder)).toBe(true)
    expect(await isLanguageFolder(tinyStandardFolder)).toBe(true)
    expect(await isLanguageFolder('test-fixtures/models/tiny-sd3')).toBe(false)
    await writeFile(join(root, 'studio.json'), '{')
    expect(await isLanguageFolder(root)).toBe(false)
    await expect(readLanguageFolder(root)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })
})

describe('a transformers.js-style folder', () => {
  it('is read from its configuration, and drafts chains that need no graph', async () => {
    const folder = await readLanguageFolder(tinyStandardFolder)
    expect(folder).toMatchObject({
      layout: 'transformers.js',
      precisions: { fp32: {} },
      problems: [],
      hasChatTemplate: true,
    })
    expect(folder.endTokens).toEqual([2])
    const facts = languageModelFacts(folder)
    expect(facts).toMatchObject({ vocabularySize: 320, strategies: ['plain', 'lookup'], trees: false })
  })

  it('prefers the graph that is quickest on a CPU', async () => {
    const folder = await copyOf(tinyStandardFolder)
    const graph = join(folder, 'onnx', 'model.onnx')
    for (const name of ['model_q4.onnx', 'model_fp16.onnx', 'model_quantized.onnx']) {
      await cp(graph, join(folder, 'onnx', name))
    }
    await writeFile(join(folder, 'generation_config.json'), '{"eos_token_id": [2, 7]}')
    const read = await readLanguageFolder(folder)
    expect(Object.keys(read.precisions)).toEqual(['q4', 'quantized', 'fp32', 'fp16'])
    expect([read.defaultPrecision, read.endTokens]).toEqual(['q4', [2, 7]])
    await rm(join(folder, 'tokenizer.json'))
    expect((await readLanguageFolder(folder)).problems[0]?.message).toBe(`${basename(folder)} has no tokenizer.json`)
  })
})

describe('opening', () => {
  const open = async (folder: string, precision?: string): ReturnType<typeof openLanguageModel> =>
    openLanguageModel({
      modelId: 'tiny',
      folder: await readLanguageFolder(folder),
      precision,
      provider: 'cpu',
      threads: 1,
      sessions: new Residency(),
    })

  it('refuses a drafter that was made for other weights, naming both', async () => {
    const folder = await edited((manifest) => {
      const drafters = manifest['drafters'] as Record<string, { target: string }>
      drafters['medusa']!.target = 'ab'.repeat(32)
    })
    const model = await open(folder)
    await expect(model.openGraph('medusa')).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringMatching(
        /medusa\.onnx was made for other weights than Tiny language model .*weights\.data/u,
      ),
      data: { remedy: expect.stringContaining('medusa.onnx') },
    })
    expect((await model.openGraph('mtp')).role).toBe('mtp')
  })

  it('refuses a precision or a graph that is not there', async () => {
    await expect(open(tinyFolder, 'int3')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'precision', remedy: 'Choose one of: int8, int4, float32.' },
    })
    const standard = await open(tinyStandardFolder)
    await expect(standard.openGraph('medusa')).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })
})
