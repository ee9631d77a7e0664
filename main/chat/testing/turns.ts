// Turns on the tiny model, and what came of them.

import { samplingSchema } from '../../../contract/speculation'
import { ContextPool } from '../context-pool'
import { seededNoise } from '../noise-source'
import type { ChatTurn, TurnDrawing, TurnMessage, TurnPicture } from '../turn'
import { noiseBytes } from './made-pictures'
import { observe, type Observed, type RunSeams } from './scenario'

export const drawing: TurnDrawing = {
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

export function picture(id: string, width = 40, height = 32): TurnPicture {
  const pixels = {
    width,
    height,
    channels: 3 as const,
    data: noiseBytes(3 * width * height).map((v, i) => v ^ (id.charCodeAt(0) + i)),
  }
  return { type: 'picture', id, width, height, pixels }
}

export function says(
  id: string,
  text: string,
  pictures: TurnPicture[] = [],
  role: TurnMessage['role'] = 'user',
): TurnMessage {
  return { id, role, parts: [...pictures, { type: 'text', text }] }
}

export function turnWith(change: Partial<ChatTurn> = {}): ChatTurn {
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

export const editTurn = (change: Partial<ChatTurn> = {}): ChatTurn =>
  turnWith({ mode: 'edit', drawing, messages: [says('1', 'make it red', [picture('a')])], ...change })

export const pool = (): ContextPool => new ContextPool(Number.POSITIVE_INFINITY)
export const run = (turn: ChatTurn, seams: RunSeams = {}): ReturnType<typeof observe> =>
  observe(turn, seededNoise(5), seams)

export function textOf({ events }: Observed, part?: 'think' | 'answer'): string {
  return events
    .map((event) => (event.type === 'text' && (part ?? event.part) === event.part ? event.text : ''))
    .join('')
}

export function pictureOf({ events }: Observed): Uint8Array {
  const found = events.find((event) => event.type === 'picture')
  if (found === undefined) throw new Error('No picture was drawn')
  return found.rgb
}

/** Rows that a turn read, and those that it found. */
export function prefillOf({ events }: Observed): { rows: number; reused: number } {
  const statistics = events.find((event) => event.type === 'statistics')!.statistics
  const phase = statistics.phases.find((one) => one.phase === 'prefill')
  return phase?.phase === 'prefill' ? { rows: phase.rows, reused: phase.reusedRows } : { rows: 0, reused: 0 }
}
