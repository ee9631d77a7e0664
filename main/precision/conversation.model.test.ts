import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modelIdSchema } from '../../contract/ids'
import { precisionRequestSchema, type PrecisionRequest } from '../../contract/precision'
import type { Layer, SearchResult } from '../../contract/precision-results'
import { readBagelFolder, variantFor, withPrecision, type BagelFolder } from '../chat/folder'
import { seededNoise } from '../chat/noise-source'
import { observe } from '../chat/testing/scenario'
import { picture, pictureOf, textOf } from '../chat/testing/turns'
import { Residency } from '../runtime/residency'
import { oneTurn } from './conversation'
import type { RawColumn } from './column-result'
import type { ComparisonEvent } from './compare-columns'
import { conversationDrawing } from './conversation-drawing'
import { runPrecisionTask } from './precision-task'

// The tiny model of the conversation family, with random weights: what it says is nonsense, and is the same nonsense as in Chat.

const modelId = modelIdSchema.parse('tiny-bagel')
const store = mkdtempSync(join(tmpdir(), 'atelier-conversation-'))
afterAll(() => rmSync(store, { recursive: true, force: true }))

let folder: BagelFolder
beforeAll(async () => {
  folder = await readBagelFolder(resolve('test-fixtures/models/tiny-bagel'))
})

const asked = { kind: 'text' as const, prompt: 'What is on the table?', maxTokens: 8 }
const drawn = { kind: 'picture' as const, prompt: 'a red house', seed: 5, width: 64, height: 48, steps: 5 }
const seen = picture('a')
const others = [picture('b'), picture('c', 64, 48)]

interface Outcome {
  readonly columns: readonly RawColumn[]
  readonly layers: readonly Layer[]
  readonly search: SearchResult | null
  readonly fractions: readonly number[]
}

interface Options {
  readonly isCancelled?: () => boolean
  readonly withPicture?: boolean
  /** Of a folder whose decoder comes in parts. */
  readonly model?: BagelFolder
  readonly graphs: Readonly<Record<string, string>>
  readonly mainRole?: string
}

async function compared(request: Omit<PrecisionRequest, 'modelId'>, options: Options): Promise<Outcome> {
  const { isCancelled = () => false, withPicture = true, model = folder, graphs, mainRole = 'decoder' } = options
  const events: ComparisonEvent[] = []
  const input = {
    modelId,
    modelHash: 'tiny',
    settings: precisionRequestSchema.parse({ modelId, ...request }),
    graphs,
    roles: Object.keys(graphs),
    mainRole,
    conversation: { folder: model, picture: withPicture ? seen : null, calibration: others },
    provider: 'cpu' as const,
    threads: 1,
    storeFolder: store,
  }
  await runPrecisionTask(input, { isCancelled, emit: (event) => events.push(event), sessions: new Residency() })
  return {
    columns: events.flatMap((event) => (event.type === 'result' ? [event.result] : [])),
    layers: events.flatMap((event) => (event.type === 'layers' ? event.layers : [])),
    search: events.flatMap((event) => (event.type === 'search' ? [event.result] : []))[0] ?? null,
    fractions: events.flatMap((event) => (event.type === 'stage' ? [event.fraction] : [])),
  }
}

function graphsOf(...roles: readonly (keyof ReturnType<typeof variantFor>['graphs'])[]): Record<string, string> {
  const { graphs, decoder } = variantFor(folder)
  return { decoder: decoder[0]!.file, ...Object.fromEntries(roles.map((role) => [role, graphs[role]!])) }
}
const reading = () => graphsOf('token_embedding', 'vision_encoder', 'lm_head')
const drawing = () => graphsOf('token_embedding', 'latent_embedding', 'velocity_head', 'vae_decoder')

describe('an answer in words at several precisions', { timeout: 120_000 }, () => {
  it('is in the model’s own precision what Chat says, and each token has a distribution in every other', async () => {
    const { columns, layers } = await compared(
      { subject: asked, columns: [{ column: 'own' }, { column: 'int8-dynamic' }, { column: 'int4' }] },
      { graphs: reading() },
    )
    expect(columns.map(({ failure }) => failure)).toEqual([null, null, null, null])
    const [reference, own, bytes, blocks] = columns
    const turn = oneTurn({ prompt: asked.prompt, picture: seen, maxTokens: asked.maxTokens, seed: 0 })
    const said = textOf(await observe(turn, seededNoise(0)))
    if (own?.output?.kind !== 'text' || reference?.output?.kind !== 'text') throw new Error('not texts')
    expect(own.output.text).toBe(said)
    expect(reference.errors).toMatchObject({ sqnr: 'infinity', agreement: 1, divergence: 0 })
    expect(reference.truth.sentence).toBe(
      'Every operation in float32. The model stores weights in float16: here they are widened.',
    )
    // Halves that are widened are the numbers that they were.
    expect(own.errors.sqnr === 'infinity' || own.errors.sqnr! > 60).toBe(true)
    expect(bytes!.errors.sqnr).toBeGreaterThan(15)
    expect(blocks!.errors.sqnr).toBeLessThan(bytes!.errors.sqnr as number)
    for (const column of [bytes!, blocks!]) {
      if (column.output?.kind !== 'text') throw new Error('not a text')
      expect(column.output.tokens.map(({ token }) => token)).toEqual(reference.output.written.map(({ token }) => token))
      expect(column.errors.divergence).toBeGreaterThan(0)
      expect(column.run).toMatchObject({ unit: 'token', samples: column.output.written.length - 1 })
    }
    // Layers of the expert for pictures see no rows while words are read.
    expect(layers.length).toBeGreaterThan(20)
    const known = bytes!.layers.filter(({ isolated }) => isolated !== null)
    expect(known.map(({ layer }) => layers[layer]!.name).some((name) => name.includes('moe_gen'))).toBe(false)
    expect(known.length).toBeGreaterThan(5)
  })

  it('depends on the picture, and is found without one too', async () => {
    const graphs = graphsOf('token_embedding', 'lm_head')
    const { columns } = await compared(
      { subject: asked, columns: [{ column: 'bf16' }], layers: false },
      { graphs, withPicture: false },
    )
    const turn = oneTurn({ prompt: asked.prompt, picture: null, maxTokens: asked.maxTokens, seed: 0 })
    const [reference, rounded] = columns
    if (reference?.output?.kind !== 'text') throw new Error('not a text')
    expect(reference.output.text).toBe(textOf(await observe(turn, seededNoise(0))))
    expect(rounded!.errors.sqnr).toBeGreaterThan(20)
  })

  it('is calibrated on other pictures and questions, and searched for a mix that measures what was asked', async () => {
    const low = { column: 'int8-static' as const }
    const first = await compared({ subject: asked, columns: [low], layers: false }, { graphs: reading() })
    const all = first.columns[1]!
    expect(all.failure).toBeNull()
    const target = (all.errors.sqnr as number) + 1.5
    const { columns, search, fractions } = await compared(
      { subject: asked, columns: [low], layers: false, search: { low, targetDecibels: target, cost: 'bytes' } },
      { graphs: reading() },
    )
    expect(search!.measured[0]).toEqual({ raised: 0, sqnr: columns[1]!.errors.sqnr })
    // What the search says is what its column measures.
    expect(columns[2]!.errors.sqnr).toBe(search!.measured.at(-1)!.sqnr)
    expect(search!.met).toBe((columns[2]!.errors.sqnr as number) >= target)
    expect(columns[2]!.recipe.keep).toHaveLength(search!.measured.at(-1)!.raised)
    expect(Math.max(...fractions)).toBeLessThanOrEqual(1)
  })
})

describe('a picture at several precisions', { timeout: 120_000 }, () => {
  it('is in the model’s own precision what Chat draws of the same seed', async () => {
    const { columns, layers } = await compared(
      { subject: drawn, columns: [{ column: 'own' }, { column: 'int8-static' }] },
      { graphs: drawing() },
    )
    expect(columns.map(({ failure }) => failure)).toEqual([null, null, null])
    const [reference, own, bytes] = columns
    const settings = conversationDrawing(folder, precisionRequestSchema.shape.subject.parse(drawn) as never)
    const turn = oneTurn({ prompt: drawn.prompt, picture: null, maxTokens: 1, seed: drawn.seed }, settings)
    if (own?.output?.kind !== 'picture') throw new Error('not a picture')
    expect(own.output.rgb).toEqual(pictureOf(await observe(turn, seededNoise(drawn.seed))))
    expect(own.errors.psnr === 'infinity' || own.errors.psnr! > 45).toBe(true)
    expect(reference!.errors).toMatchObject({ psnr: 'infinity', ssim: 1 })
    expect(bytes!.errors.psnr).toBeLessThan(60)
    expect(bytes!.errors.ssim).toBeGreaterThan(0.3)
    expect(own.run).toMatchObject({ unit: 'step', samples: 3 })
    // A pass in the middle of the drawing: both experts have rows in it.
    const known = bytes!.layers.filter(({ accumulated }) => accumulated !== null)
    const names = known.map(({ layer }) => layers[layer]!.name)
    expect(names.some((name) => name.includes('moe_gen'))).toBe(true)
    expect(names.some((name) => !name.includes('moe_gen'))).toBe(true)
  })

  it('is drawn by a decoder in parts as by a whole one', async () => {
    const own = variantFor(folder)
    const file = (name: string): string => join(folder.path, name)
    const decoder = [
      { file: file('decoder-0.onnx'), first: 0, end: 2 },
      { file: file('decoder-1.onnx'), first: 2, end: 3 },
    ]
    const model = { ...folder, precisions: { [folder.defaultPrecision]: { ...own, decoder } } }
    const { decoder: whole, ...rest } = drawing()
    const parts = { decoder_0: decoder[0]!.file, decoder_1: decoder[1]!.file, ...rest }
    const request = { subject: drawn, columns: [{ column: 'int8-dynamic' as const }], layers: false }
    const [one] = (await compared(request, { graphs: { decoder: whole!, ...rest } })).columns
    const [other, low] = (await compared(request, { graphs: parts, model, mainRole: 'decoder_0' })).columns
    if (one?.output?.kind !== 'picture' || other?.output?.kind !== 'picture') throw new Error('not pictures')
    expect(other.output.rgb).toEqual(one.output.rgb)
    expect(low!.failure).toBeNull()
  })

  it('is stopped between two steps', async () => {
    let asks = 0
    const isCancelled = (): boolean => (asks += 1) > 12
    await expect(
      compared({ subject: drawn, columns: [{ column: 'bf16' }] }, { graphs: drawing(), isCancelled }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('is refused with a negative prompt, and at sizes that nobody draws', () => {
    const parse = (change: object) => precisionRequestSchema.shape.subject.parse({ ...drawn, ...change }) as never
    expect(() => conversationDrawing(folder, parse({ negativePrompt: 'blue' }))).toThrow(/takes no negative prompt/u)
    expect(() => conversationDrawing(folder, parse({ width: 65 }))).toThrow(/multiples of 16/u)
  })
})

describe('a precision that was kept', () => {
  it('has the graphs that were converted, and the default’s for the rest', () => {
    const { graphs, weights } = variantFor(folder)
    const head = graphs.velocity_head!
    const kept = variantFor(withPrecision(folder, 'mix', { lm_head: head, decoder: head }), 'mix')
    expect(kept.graphs).toEqual({ ...graphs, lm_head: head })
    expect(kept.decoder.map(({ file }) => file)).toEqual([head])
    expect(kept.weights).toEqual({ ...weights, lm_head: weights.velocity_head, decoder: weights.velocity_head })
  })
})
