import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { samplingSchema } from '../../contract/speculation'
import { Residency } from '../runtime/residency'
import { Context } from './context'
import { ContextPool } from './context-pool'
import { pastFeeds, pictureInput, runDecoder } from './decoder'
import { variantFor } from './folder'
import { BagelGraphs } from './graphs'
import { seededNoise } from './noise-source'
import { appendTokens } from './read-block'
import { bytesPerRow } from './row-store'
import { noiseBytes } from './testing/made-pictures'
import { observe, tinyBagel, type Observed, type RunSeams } from './testing/scenario'
import type { ChatTurn, TurnDrawing, TurnMessage, TurnPicture } from './turn'

const drawing: TurnDrawing = {
  width: 64,
  height: 48,
  steps: 5,
  shift: 3,
  textScale: 4,
  imageScale: 2,
  interval: [0, 1],
  renorm: 'global',
  renormMin: 0,
  taylorSeer: false,
}

function picture(id: string, width = 40, height = 32): TurnPicture {
  const pixels = {
    width,
    height,
    channels: 3 as const,
    data: noiseBytes(3 * width * height).map((v, i) => v ^ (id.charCodeAt(0) + i)),
  }
  return { type: 'picture', id, width, height, pixels }
}

function says(id: string, text: string, pictures: TurnPicture[] = [], role: TurnMessage['role'] = 'user'): TurnMessage {
  return { id, role, parts: [...pictures, { type: 'text', text }] }
}

function turnWith(change: Partial<ChatTurn> = {}): ChatTurn {
  return {
    mode: 'read',
    system: '',
    messages: [says('1', 'What is on the table?', [picture('a')])],
    history: true,
    thinking: { kind: 'none' },
    maxTokens: 8,
    sampling: samplingSchema.parse({ seed: 5 }),
    drawing: null,
    ...change,
  }
}

const editTurn = (change: Partial<ChatTurn> = {}): ChatTurn =>
  turnWith({ mode: 'edit', drawing, messages: [says('1', 'make it red', [picture('a')])], ...change })

const pool = (): ContextPool => new ContextPool(Number.POSITIVE_INFINITY)
const run = (turn: ChatTurn, seams: RunSeams = {}): ReturnType<typeof observe> => observe(turn, seededNoise(5), seams)

function textOf({ events }: Observed, part?: 'think' | 'answer'): string {
  return events
    .map((event) => (event.type === 'text' && (part ?? event.part) === event.part ? event.text : ''))
    .join('')
}

function pictureOf({ events }: Observed): Uint8Array {
  const found = events.find((event) => event.type === 'picture')
  if (found === undefined) throw new Error('No picture was drawn')
  return found.rgb
}

/** Rows that a turn read, and those that it found. */
function prefillOf({ events }: Observed): { rows: number; reused: number } {
  const statistics = events.find((event) => event.type === 'statistics')!.statistics
  const phase = statistics.phases.find((one) => one.phase === 'prefill')
  return phase?.phase === 'prefill' ? { rows: phase.rows, reused: phase.reusedRows } : { rows: 0, reused: 0 }
}

describe('the decoder', () => {
  const sessions = new Residency()
  let graphs: BagelGraphs
  beforeAll(async () => {
    const { folder } = await tinyBagel()
    const variant = variantFor(folder)
    graphs = new BagelGraphs({
      modelId: 't',
      folder,
      variant,
      provider: 'cpu',
      threads: 1,
      sessions,
      isCancelled: () => false,
    })
  })
  const difference = (one: Float32Array, other: Float32Array): number =>
    one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i]!)), 0)

  it('reads a text the same in one chunk and in several', async () => {
    const ids = fc.array(fc.integer({ min: 0, max: 379 }), { minLength: 2, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(ids, fc.nat(40), async (tokens, place) => {
        const [whole, parts] = [new Context(graphs.facts), new Context(graphs.facts)]
        const at = 1 + (place % (tokens.length - 1))
        await appendTokens(graphs, whole, tokens, 'rows')
        await appendTokens(graphs, parts, tokens.slice(0, at), 'rows')
        await appendTokens(graphs, parts, tokens.slice(at), 'rows')
        for (const kind of ['k', 'v'] as const) {
          const [one, other] = [whole, parts].map(({ store }) => store.past(2, kind, tokens.length).data)
          expect(difference(one!, other!)).toBeLessThan(2e-5)
        }
      }),
      { numRuns: 15 },
    )
  })

  it('does not care in which order the rows of a picture come', async () => {
    const { hidden } = graphs.facts
    const context = new Context(graphs.facts)
    await appendTokens(graphs, context, [380, 5, 6, 381], 'rows')
    context.close('text', 4, 'x')
    const borders = await graphs.embedTokens([382, 383])
    const tokens = seededNoise(1).latents(6 * hidden)
    const order = [3, 0, 5, 1, 4, 2]
    const mixed = new Float32Array(tokens.length)
    order.forEach((from, to) => mixed.set(tokens.subarray(from * hidden, (from + 1) * hidden), to * hidden))
    const states = async (gen: Float32Array): Promise<Float32Array> =>
      (await runDecoder(graphs, pastFeeds(context.view()), pictureInput(borders, gen, 4, hidden), 'gen')).gen
    const [plain, permuted] = [await states(tokens), await states(mixed)]
    order.forEach((from, to) => {
      const [one, other] = [
        plain.subarray(from * hidden, (from + 1) * hidden),
        permuted.subarray(to * hidden, (to + 1) * hidden),
      ]
      expect(difference(one, other)).toBeLessThan(2e-5)
    })
  })
})

describe('what was read is not read again', () => {
  it('where an answer is asked for anew, and the answer is the same', async () => {
    const kept = pool()
    const first = await run(turnWith(), { pool: kept })
    const again = await run(turnWith(), { pool: kept })
    expect(prefillOf(again)).toEqual({ rows: 0, reused: prefillOf(first).rows })
    expect(textOf(again)).toBe(textOf(first))
  })

  it('where a picture is drawn anew from another seed', async () => {
    const kept = pool()
    await run(editTurn(), { pool: kept })
    const other = await observe(editTurn({ sampling: samplingSchema.parse({ seed: 6 }) }), seededNoise(6), {
      pool: kept,
    })
    expect(prefillOf(other).rows).toBe(0)
    const fresh = await observe(editTurn({ sampling: samplingSchema.parse({ seed: 6 }) }), seededNoise(6))
    expect(pictureOf(other)).toEqual(pictureOf(fresh))
  })

  it('where a message is edited: only what comes after the common beginning is read', async () => {
    const kept = pool()
    const before = turnWith({ messages: [says('1', 'hello', [picture('a')]), says('2', 'Which colour?')] })
    const edited = turnWith({ messages: [says('1', 'hello', [picture('a')]), says('2', 'How many?')] })
    const first = await run(before, { pool: kept })
    const second = await run(edited, { pool: kept })
    const fresh = await run(edited)
    expect(prefillOf(second).reused).toBeGreaterThan(prefillOf(second).rows)
    expect(prefillOf(second).rows + prefillOf(second).reused).toBe(prefillOf(fresh).rows)
    expect(textOf(second)).toBe(textOf(fresh))
    // The other branch is here still.
    const back = await run(before, { pool: kept })
    expect(prefillOf(back).rows).toBe(0)
    expect(textOf(back)).toBe(textOf(first))
  })

  it('in the next turn: the answer that was written is there as well', async () => {
    const { tokenizer } = await tinyBagel()
    let whole = 0
    for (const words of [
      'Tell me a story.',
      'a small lighthouse',
      'Which colour?',
      'hello',
      'go',
      'the boat',
      'one',
      'two apples',
    ]) {
      const kept = pool()
      const question = says('1', words)
      const first = await run(turnWith({ messages: [question], maxTokens: 2 }), { pool: kept })
      const answer = textOf(first)
      const next = turnWith({ messages: [question, says('2', answer, [], 'assistant'), says('3', 'go on')] })
      const second = await run(next, { pool: kept })
      expect(textOf(second)).toBe(textOf(await run(next)))
      // Random weights write halves of characters, too: such an answer is read again.
      const isReadable = tokenizer.encodePart(answer).length === 2 && !answer.includes('\uFFFD')
      if (!isReadable) continue
      whole += 1
      expect(prefillOf(second).rows).toBe(tokenizer.encodePart('go on').length + 2)
    }
    expect(whole).toBeGreaterThan(0)
  })

  it('but is read again where it had to make room', async () => {
    const { folder } = await tinyBagel()
    const small = new ContextPool(70 * bytesPerRow(folder.facts))
    const first = await run(turnWith(), { pool: small })
    await run(turnWith({ messages: [says('1', 'something else', [picture('b')])] }), { pool: small })
    const again = await run(turnWith(), { pool: small })
    expect(prefillOf(again).reused).toBe(0)
    expect(textOf(again)).toBe(textOf(first))
  })
})

describe('a turn that is stopped', () => {
  it('leaves what can be retried with the same result, wherever it was stopped', async () => {
    const turn = editTurn({ thinking: { kind: 'write', maxTokens: 4 } })
    const whole = await run(turn)
    for (let allowed = 0; allowed < whole.runs.length; allowed += 3) {
      const kept = pool()
      const stopped = await run(turn, { pool: kept, isCancelled: (runs) => runs >= allowed })
      expect(stopped.error).toMatchObject({ code: 'CANCELLED' })
      expect(stopped.events.at(-1)?.type).toBe('statistics')
      const retried = await run(turn, { pool: kept })
      expect(retried.error).toBeNull()
      expect(pictureOf(retried)).toEqual(pictureOf(whole))
      expect(textOf(retried)).toBe(textOf(whole))
    }
  })

  it('keeps the text so far', async () => {
    const turn = turnWith({ maxTokens: 12 })
    const whole = await run(turn)
    const first = whole.runs.findIndex(({ role }) => role === 'lm_head')
    const stopped = await run(turn, { isCancelled: (runs) => runs > first + 9 })
    expect(textOf(stopped)).not.toBe('')
    expect(textOf(whole).startsWith(textOf(stopped).replace(/\uFFFD$/u, ''))).toBe(true)
    expect(stopped.events.some((event) => event.type === 'statistics')).toBe(true)
  })

  it('keeps the picture as it was expected to become', async () => {
    const turn = editTurn()
    const passes = (await run(turn)).runs.filter(({ role }) => role === 'velocity_head').length
    expect(passes).toBe(3 * 4)
    let seen = 0
    const stopped = await run(turn, { isCancelled: (runs) => (seen = runs) > 24 })
    expect(seen).toBeGreaterThan(24)
    expect(stopped.error).toMatchObject({ code: 'CANCELLED' })
    const kept = stopped.events.find((event) => event.type === 'picture')
    const steps = stopped.events.filter((event) => event.type === 'step').length
    expect(kept).toMatchObject({ partial: true, stepsDone: steps, steps: 4, width: 64, height: 48 })
    expect(steps).toBeGreaterThan(0)
  })
})

describe('a turn tells', () => {
  it('its phases in order, and what each cost', async () => {
    const { events } = await run(editTurn({ thinking: { kind: 'write', maxTokens: 5 } }))
    const phases = events.filter((event) => event.type === 'phase').map(({ phase }) => phase)
    expect([...new Set(phases)]).toEqual(['prefill', 'think', 'draw', 'decode'])
    const { statistics } = events.find((event) => event.type === 'statistics')!
    expect(statistics.phases.map(({ phase }) => phase)).toEqual(['load', 'prefill', 'think', 'draw', 'decode'])
    expect(statistics.phases.find(({ phase }) => phase === 'draw')).toMatchObject({
      steps: 4,
      passes: 12,
      passesSaved: 0,
    })
    expect(statistics.firstTokenMilliseconds).toBeGreaterThan(0)
    expect(statistics.graphMilliseconds).toBeLessThanOrEqual(statistics.milliseconds)
  })

  it('a step event for each step, with a preview as often as asked for', async () => {
    const { events } = await run(editTurn(), { previewEvery: 1 })
    const steps = events.filter((event) => event.type === 'step')
    expect(steps.map(({ step, steps: of }) => [step, of])).toEqual([1, 2, 3, 4].map((step) => [step, 4]))
    expect(steps.at(-1)!.timestep).toBe(0)
    expect(steps[0]!.preview).toMatchObject({ width: 64, height: 48 })
    const without = await run(editTurn(), { previewEvery: 0 })
    expect(without.events.some((event) => event.type === 'step' && event.preview !== null)).toBe(false)
    expect(pictureOf({ events, runs: [] })).toEqual(pictureOf(without))
  })

  it('how each picture was given to the model', async () => {
    const { events } = await run(editTurn({ messages: [says('1', 'red', [picture('a', 93, 61)])] }))
    const told = events.find((event) => event.type === 'pictures')
    expect(told?.pictures).toEqual([
      {
        id: 'a',
        seen: { width: 98, height: 70, tokens: 35 },
        encoded: { width: 96, height: 64, tokens: 24 },
      },
    ])
  })

  it('the rows that it reads, up to all of them', async () => {
    const { events } = await run(turnWith())
    const rows = events.filter((event) => event.type === 'prefill')
    expect(rows[0]).toMatchObject({ rows: 0, rowsPerSecond: null })
    expect(rows.at(-1)!.rows).toBe(rows[0]!.total)
  })
})

describe('thinking', () => {
  it('that is given back draws the same picture as when it was written', async () => {
    const written = await run(editTurn({ thinking: { kind: 'write', maxTokens: 6 } }))
    const thought = written.events.find((event) => event.type === 'thought')!
    // Random weights write no tags: those of a model that does are kept as they are.
    const raw = `<think>${thought.text}</think>`
    const one = await run(editTurn({ thinking: { kind: 'given', text: raw } }))
    const other = await run(editTurn({ thinking: { kind: 'given', text: thought.text } }))
    expect(pictureOf(one)).toEqual(pictureOf(other))
    expect(one.runs.some(({ role }) => role === 'lm_head')).toBe(false)
  })

  it('changes the picture, and is no part of what the next turn finds', async () => {
    const kept = pool()
    const plain = await run(editTurn({ thinking: { kind: 'given', text: 'one plan' } }), { pool: kept })
    const other = await run(editTurn({ thinking: { kind: 'given', text: 'another plan' } }), { pool: kept })
    expect(prefillOf(other).rows).toBe(0)
    expect(pictureOf(other)).not.toEqual(pictureOf(plain))
  })
})

describe('sampling', () => {
  it('gives the same text for a seed, and others for other seeds', async () => {
    const texts = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const sampling = samplingSchema.parse({ seed, temperature: 1 })
        return textOf(await run(turnWith({ sampling, maxTokens: 12 })))
      }),
    )
    expect(texts[0]).toBe(texts[1])
    expect(texts[0]).not.toBe(texts[2])
  })
})

describe('a turn is refused', () => {
  it('before anything runs where it does not fit, with what to leave out', async () => {
    const long = 'word '.repeat(300)
    const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`
    const messages = [says(id(1), long), says(id(2), long, [], 'assistant'), says(id(3), 'and now?')]
    const refused = await run(turnWith({ messages, maxTokens: 100 }))
    expect(refused.runs).toEqual([])
    expect(refused.error).toBeInstanceOf(StudioError)
    const { code, data } = refused.error as StudioError
    expect(code).toBe('CONTEXT_FULL')
    expect(data.context).toMatchObject({ limit: 1024 })
    const leaveOut = data.context!.leaveOut.map(({ messageId }) => messageId)
    const shorter = await run(
      turnWith({ messages: messages.filter((one) => !leaveOut.includes(one.id as never)), maxTokens: 100 }),
    )
    expect(shorter.error).toBeNull()
  })

  it.each([
    ['an empty message', turnWith({ messages: [says('1', '')] }), 'The message is empty'],
    ['an edit without a picture', editTurn({ messages: [says('1', 'make it red')] }), 'no picture to edit'],
    [
      'a size that the model does not have',
      turnWith({ mode: 'draw', drawing: { ...drawing, width: 4096 }, messages: [says('1', 'a kite')] }),
      '4096 px',
    ],
  ])('%s', async (_what, turn, message) => {
    const refused = await run(turn)
    expect(refused.runs).toEqual([])
    expect(refused.error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(message) })
  })
})

describe('without history', () => {
  it('an edit takes the newest picture along, and nothing else of the earlier turns', async () => {
    const messages = [says('1', 'first', [picture('a')]), says('2', 'second', [picture('b')]), says('3', 'make it red')]
    const alone = await run(editTurn({ messages, history: false }))
    const same = await run(editTurn({ messages: [says('3', 'make it red', [picture('b')])] }))
    expect(pictureOf(alone)).toEqual(pictureOf(same))
  })
})
