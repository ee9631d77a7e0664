import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventOutbox } from './event-outbox'
import type { ChatTurnEvent } from './turn'

type Sent = ChatTurnEvent & { at: number }

/** Puts events at their times. */
function send(events: readonly (readonly [number, ChatTurnEvent])[]): Sent[] {
  const sent: Sent[] = []
  let now = 0
  const outbox = new EventOutbox(
    (event) => sent.push({ ...event, at: now }),
    () => now,
  )
  for (const [at, event] of events) {
    now = at
    outbox.put(event)
  }
  outbox.flush()
  return sent
}

const word = (text: string, tokens: number, part: 'think' | 'answer' = 'answer'): ChatTurnEvent => ({
  type: 'text',
  part,
  text,
  tokens,
})
const step = (at: number, steps: number, seen = false): ChatTurnEvent => ({
  type: 'step',
  step: at,
  steps,
  timestep: 1 - at / steps,
  milliseconds: 5,
  preview: seen ? { width: 1, height: 1, rgb: new Uint8Array(3) } : null,
})

/** What must arrive: words run together where nothing parts them, steps with a preview, the last step, all else. */
function essence(events: readonly ChatTurnEvent[]): string[] {
  const lines: string[] = []
  for (const event of events) {
    const last = lines.at(-1)
    if (event.type === 'text' && last?.startsWith(event.part) === true) lines[lines.length - 1] = last + event.text
    else if (event.type === 'text') lines.push(`${event.part}: ${event.text}`)
    else if (event.type === 'step') {
      lines.push(event.preview !== null || event.step === event.steps ? `step ${event.step}` : 'a step')
    } else if (event.type === 'log') lines.push(event.text)
  }
  return lines.filter((line) => line !== 'a step')
}

describe('events of a turn', () => {
  it('go out at once where they come slowly', () => {
    const events = [word('a', 1), word('b', 2), step(1, 3), step(2, 3)].map((event, i) => [40 * i, event] as const)
    expect(send(events).map(({ at }) => at)).toEqual([0, 40, 80, 120])
  })

  it('go together where they come faster than an eye follows', () => {
    const words = Array.from({ length: 20 }, (_, i) => [5 * i, word(`${i} `, i + 1)] as const)
    const sent = send(words)
    expect(sent.map(({ at }) => at)).toEqual([0, 30, 60, 90, 95])
    expect(sent.map((event) => (event.type === 'text' ? event.tokens : 0))).toEqual([1, 7, 13, 19, 20])
    expect(send([0, 5, 10, 15].map((at, i) => [at, step(i + 1, 9)])).map((e) => e.type === 'step' && e.step)).toEqual([
      1, 4,
    ])
  })

  it('lose no word, no preview and no last step, and stay in order', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constantFrom('think' as const, 'answer' as const), text: fc.string({ maxLength: 3 }) }),
      fc.record({ kind: fc.constant('step' as const), seen: fc.boolean() }),
      fc.record({ kind: fc.constant('log' as const) }),
    )
    const timed = fc.array(fc.tuple(fc.nat({ max: 40 }), event), { maxLength: 60 })
    fc.assert(
      fc.property(timed, (list) => {
        const steps = list.filter(([, { kind }]) => kind === 'step').length
        let [at, done, tokens] = [0, 0, 0]
        const events = list.map(([wait, made]) => {
          at += wait
          if (made.kind === 'step') return [at, step(++done, steps, made.seen)] as const
          if (made.kind === 'log') return [at, { type: 'log', text: `${at}` }] as const
          return [at, word(made.text, ++tokens, made.kind)] as const
        })
        expect(essence(send(events))).toEqual(essence(events.map(([, one]) => one)))
      }),
    )
  })
})
