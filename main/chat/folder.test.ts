import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bagelChatFacts } from './facts'
import { isBagelFolder, readBagelFolder, variantFor } from './folder'
import type { BagelFacts } from './manifest'

const tiny = path.resolve(import.meta.dirname, '../../test-fixtures/models/tiny-bagel')

let folder: string
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'bagel-')), 'model')
  await cp(tiny, folder, { recursive: true })
})
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }))

interface Manifest {
  graphs: Record<string, unknown>
  precisions: Record<string, unknown>
  bagel: BagelFacts & Record<string, unknown>
  [field: string]: unknown
}

/** Changes studio.json and reads the folder; what is wrong with it, in words. */
async function problemsAfter(change: (manifest: Manifest) => void): Promise<string[]> {
  const file = path.join(folder, 'studio.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest
  change(manifest)
  await writeFile(file, JSON.stringify(manifest))
  return (await readBagelFolder(folder)).problems.map(({ message }) => message)
}

describe('a BAGEL folder', () => {
  it('is known by its family and read without a problem', async () => {
    expect(await isBagelFolder(folder)).toBe(true)
    const read = await readBagelFolder(folder)
    expect(read.problems).toEqual([])
    expect(Object.keys(read.precisions)).toEqual(['float16', 'float16-parts'])
    expect(read.defaultPrecision).toBe('float16')
    expect(read.bytes).toBeGreaterThan(3e6)
  })

  it('has the decoder of each precision, whole or in parts, and shares the other graphs', async () => {
    const read = await readBagelFolder(folder)
    const [whole, parts] = [variantFor(read), variantFor(read, 'float16-parts')]
    expect(whole.decoder.map(({ first, end }) => [first, end])).toEqual([[0, 3]])
    expect(parts.decoder.map(({ first, end }) => [first, end])).toEqual([
      [0, 2],
      [2, 3],
    ])
    expect(parts.graphs).toEqual(whole.graphs)
    expect(whole.weights.decoder).toBeGreaterThan(whole.halves.decoder!)
    expect(whole.halves.decoder).toBeGreaterThan(0.8 * whole.weights.decoder!)
    expect(() => variantFor(read, 'int2')).toThrow('has no precision "int2"')
  })

  it('says in the contract’s words what can be asked of it', async () => {
    const facts = bagelChatFacts(await readBagelFolder(folder))
    expect(facts).toMatchObject({
      modes: ['read', 'draw', 'edit'],
      seesPictures: true,
      canThink: true,
      contextLength: 1024,
    })
    expect(facts.sizes).toEqual([[64, 64]])
    expect(facts.maxSide).toBe(256)
    expect(facts.defaults.read).toMatchObject({ maxTokens: 32, temperature: 0, drawing: null })
    expect(facts.defaults.draw?.drawing).toMatchObject({
      width: 64,
      steps: 8,
      imageScale: 1,
      interval: [0.4, 1],
      renorm: 'global',
    })
    expect(facts.defaults.edit?.drawing).toMatchObject({
      imageScale: 2,
      interval: [0, 1],
      renorm: 'text_channel',
      renormMin: 0,
    })
  })

  it('that cannot draw offers reading alone', async () => {
    await problemsAfter(({ graphs }) => {
      for (const role of ['latent_embedding', 'velocity_head', 'vae_encoder', 'vae_decoder']) delete graphs[role]
    })
    const read = await readBagelFolder(folder)
    expect(read.problems).toEqual([])
    expect(bagelChatFacts(read)).toMatchObject({ modes: ['read'], sizes: [], maxSide: 0 })
  })
})

describe('what is wrong with a folder is said:', () => {
  it('a file that is missing', async () => {
    await rm(path.join(folder, 'lm_head.onnx'))
    const { problems } = await readBagelFolder(folder)
    expect(problems.map(({ message }) => message).join()).toContain('lm_head.onnx')
  })

  it('a file that is cut short', async () => {
    const file = path.join(folder, 'decoder.onnx')
    await writeFile(file, (await readFile(file)).subarray(0, 5000))
    const { problems } = await readBagelFolder(folder)
    expect(problems.map(({ message }) => message).join()).toContain('decoder.onnx')
  })

  it('a missing tokenizer', async () => {
    await rm(path.join(folder, 'tokenizer.json'))
    const { problems } = await readBagelFolder(folder)
    expect(problems[0]!.message).toBe('model has no tokenizer.json')
  })

  it.each([
    [
      'a role without a file',
      ({ graphs }: Manifest) => delete graphs['velocity_head'],
      'names no velocity_head for float16',
    ],
    ['no decoder', ({ graphs }: Manifest) => delete graphs['decoder'], 'names no decoder for float16'],
    [
      'a file in the wrong role',
      ({ graphs }: Manifest) => Object.assign(graphs, { lm_head: 'velocity_head.onnx' }),
      'velocity_head.onnx is no lm_head: it has no input hidden and no output logits',
    ],
    [
      'parts with a gap',
      ({ precisions }: Manifest) => {
        precisions['float16-parts'] = { decoder: [{ file: 'decoder-1.onnx', layers: [2, 3] }] }
      },
      'goes from layer 0 on with decoder-1.onnx, which begins at layer 2',
    ],
    [
      'parts that end too soon',
      ({ precisions }: Manifest) => {
        precisions['float16-parts'] = { decoder: [{ file: 'decoder-0.onnx', layers: [0, 2] }] }
      },
      'ends after 2 of 3 layers',
    ],
    [
      'other head sizes',
      ({ bagel }: Manifest) => Object.assign(bagel, { headSize: 32 }),
      'must take past_k.0 of [rows, 2, 32]; it takes [T, 2, 16]',
    ],
    [
      'a token that is none',
      ({ bagel }: Manifest) => Object.assign(bagel.specialTokens, { end: 384 }),
      'the token end has the id 384',
    ],
    [
      'pictures beyond the table',
      ({ bagel }: Manifest) => Object.assign(bagel.vitTransform, { maxSide: 154 }),
      'vitTransform allows 154 px, but the table of positions ends at 140 px',
    ],
    [
      'a stride between tokens',
      ({ bagel }: Manifest) => Object.assign(bagel.vaeTransform, { stride: 8 }),
      'no multiple of 16 px',
    ],
    [
      'a default precision that is none',
      (manifest: Manifest) => Object.assign(manifest, { defaultPrecision: 'int4' }),
      '"int4" as default precision',
    ],
  ])('%s', async (_what, change, message) => {
    expect((await problemsAfter((manifest) => void change(manifest))).join('\n')).toContain(message)
  })

  it('a manifest that does not say a size, by the path of the field', async () => {
    await expect(
      problemsAfter(({ bagel }) => delete (bagel as Record<string, unknown>)['hidden']),
    ).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringContaining('bagel.hidden'),
    })
  })
})
