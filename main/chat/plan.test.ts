import { describe, expect, it } from 'vitest'
import { samplingSchema } from '../../contract/speculation'
import { planChatTurn } from './plan'
import { roughSeconds } from './rough-seconds'
import { bytesPerRow } from './row-store'
import { tinyBagel } from './testing/scenario'
import { checkMemory } from './turn-memory'
import { secondsOf, speedsAfter } from './turn-work'
import type { ChatPlan, ChatTurn, TurnMessage } from './turn'

const drawing = {
  width: null,
  height: null,
  steps: 8,
  shift: 3,
  textScale: 4,
  imageScale: 2,
  interval: [0, 1] as [number, number],
  renorm: 'global' as const,
  renormMin: 0,
  taylorSeer: false,
}

const message = (id: string, ...parts: TurnMessage['parts']): TurnMessage => ({ id, role: 'user', parts })
const picture = { type: 'picture', id: 'a', width: 93, height: 61 } as const
const words = (text: string) => ({ type: 'text', text }) as const

async function plan(change: Partial<ChatTurn>, resident = 0): Promise<ChatPlan> {
  const { folder } = await tinyBagel()
  const turn: ChatTurn = {
    mode: 'read',
    system: '',
    messages: [],
    history: true,
    thinking: { kind: 'none' },
    maxTokens: 20,
    sampling: samplingSchema.parse({}),
    drawing: null,
    ...change,
  }
  return planChatTurn({ modelId: 'tiny', folder, provider: 'cpu', threads: 1, turn }, { resident })
}

describe('a plan counts', () => {
  it('rows by message and kind, and how a picture is seen', async () => {
    const read = await plan({ messages: [message('1', picture, words('make the boat red'))] })
    expect(read.messages).toEqual([{ id: '1', text: 11, vit: 37, vae: 0, total: 48 }])
    expect(read.pictures).toEqual([{ id: 'a', seen: { width: 98, height: 70, tokens: 35 }, encoded: null }])
    expect(read).toMatchObject({ systemRows: 0, answerRows: 22, limit: 1024, leaveOut: [], size: null })
  })

  it('an edit: both encoders, the size of the picture, the texts apart, and three passes a step', async () => {
    const edit = await plan({ mode: 'edit', drawing, messages: [message('1', picture, words('make the boat red'))] })
    expect(edit.rows).toEqual({ text: 11, vit: 37, vae: 26, total: 74 })
    expect(edit.size).toEqual({ width: 96, height: 64 })
    expect(edit.work).toEqual({ prefillRows: 74 + 11, tokens: 0, passes: 21, passRows: 26, pixels: 96 * 64 })
    const { folder } = await tinyBagel()
    expect(edit.memory.cache).toBe((74 + 11) * bytesPerRow(folder.facts))
  })

  it('thinking, and the prompt that asks for it', async () => {
    const { rows, systemRows, answerRows } = await plan({
      messages: [message('1', words('hello'))],
      thinking: { kind: 'write', maxTokens: 30 },
    })
    expect(systemRows).toBeGreaterThan(100)
    expect(rows.total).toBeGreaterThan(systemRows)
    expect(answerRows).toBe(30 + 22)
  })

  it('the oldest messages as those to leave out where not all fit', async () => {
    const long = words('word '.repeat(200))
    const messages = [message('1', long), message('2', long), message('3', long), message('4', words('and now?'))]
    const { leaveOut, rows, answerRows, limit } = await plan({ messages })
    const excess = rows.total + answerRows - limit
    expect(leaveOut.map(({ id }) => id)).toEqual(['1', '2'])
    expect(leaveOut[0]!.rows).toBeLessThan(excess)
    expect(leaveOut[0]!.rows + leaveOut[1]!.rows).toBeGreaterThanOrEqual(excess)
  })
})

describe('memory', () => {
  it('counts half-precision weights twice on a CPU, and what is loaded as there', async () => {
    const read = await plan({ messages: [message('1', words('hello'))] }, 12345)
    const { folder } = await tinyBagel()
    const { weights, halves } = folder.precisions['float16']!
    const roles = ['token_embedding', 'lm_head', 'decoder'] as const
    const bytes = roles.reduce((sum, role) => sum + weights[role]! + halves[role]!, 0)
    expect(read.memory.weights).toBe(bytes)
    expect(read.memory.available).toBeGreaterThan(12345)
    expect(read.memory.fits).toBe(true)
  })

  it('that is not there is refused in numbers, with what helps', () => {
    const gigabyte = 2 ** 30
    const memory = {
      weights: 9 * gigabyte,
      cache: gigabyte,
      activations: 0,
      total: 10 * gigabyte,
      available: 8 * gigabyte,
    }
    expect(() => checkMemory({ ...memory, fits: false }, 'BAGEL 7B')).toThrow(
      'This takes about 10.0 GB with BAGEL 7B, and 8.0 GB are free',
    )
    expect(() => checkMemory({ ...memory, fits: true }, 'BAGEL 7B')).not.toThrow()
  })
})

describe('seconds', () => {
  const work = { prefillRows: 100, tokens: 50, passes: 20, passRows: 66, pixels: 128 * 128 }

  it('are unknown until everything that a turn does was measured once', () => {
    const speeds = speedsAfter([{ phase: 'prefill', milliseconds: 100, rows: 50, reusedRows: 0 }], work)
    expect(secondsOf(work, speeds)).toBeNull()
    expect(secondsOf({ ...work, tokens: 0, passes: 0, pixels: 0 }, speeds)).toMatchObject({ low: 0 })
  })

  it('hold the turn that they were measured from', () => {
    const speeds = speedsAfter(
      [
        { phase: 'load', milliseconds: 5000 },
        { phase: 'prefill', milliseconds: 100, rows: 100, reusedRows: 0 },
        { phase: 'think', milliseconds: 200, tokens: 50, finishReason: 'length', speculation: null },
        { phase: 'draw', milliseconds: 3000, steps: 10, passes: 20, passesSaved: 0 },
        { phase: 'decode', milliseconds: 40 },
      ],
      work,
    )
    const { low, high } = secondsOf(work, speeds)!
    expect(low).toBeLessThan(3.34)
    expect(high).toBeGreaterThan(3.34)
    expect(high).toBeLessThan(2 * 3.34)
  })

  it('keep what an earlier turn measured and this one did not do', () => {
    const before = { prefillRow: 1, token: 2, passRow: 3, pixel: 4 }
    expect(speedsAfter([{ phase: 'decode', milliseconds: 1000 }], { passRows: 0, pixels: 10 }, before)).toEqual({
      ...before,
      pixel: 0.1,
    })
  })
})

describe('a rough guess where nothing was measured', () => {
  it('says hours for a large model on a few cores and less on a GPU', () => {
    const variant = {
      graphs: {},
      decoder: [],
      halves: {},
      weights: { decoder: 7.3e9, lm_head: 0.3e9 },
      parameters: { decoder: 13e9, vae_decoder: 50e6 },
    }
    const work = { prefillRows: 20, tokens: 0, passes: 90, passRows: 4098, pixels: 1024 * 1024 }
    const [cpu, gpu] = [roughSeconds(work, variant, 'cpu'), roughSeconds(work, variant, 'cuda')]
    // 54 s were measured by others on an A100.
    expect(gpu.low).toBeLessThan(54)
    expect(gpu.high).toBeGreaterThan(54)
    expect(cpu.high).toBeGreaterThan(gpu.high)
    expect(cpu.low).toBeLessThan(cpu.high)
  })
})
