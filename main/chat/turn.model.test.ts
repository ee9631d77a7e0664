import { describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { samplingSchema } from '../../contract/speculation'
import { drawing, editTurn, picture, pictureOf, pool, prefillOf, run, says, textOf, turnWith } from './testing/turns'

describe('a turn that is stopped', () => {
  it('leaves what can be retried with the same result, wherever it was stopped', async () => {
    const turn = editTurn({ thinking: { kind: 'write', maxTokens: 4 } })
    const whole = await run(turn)
    const last = whole.runs.length - 1
    for (let allowed = 0; allowed < last; allowed += 3) {
      const kept = pool()
      const stopped = await run(turn, { pool: kept, isCancelled: (runs) => runs >= allowed })
      expect(stopped.error).toMatchObject({ code: 'CANCELLED' })
      expect(stopped.events.at(-1)?.type).toBe('statistics')
      const retried = await run(turn, { pool: kept })
      expect(retried.error).toBeNull()
      expect(pictureOf(retried)).toEqual(pictureOf(whole))
      expect(textOf(retried)).toBe(textOf(whole))
    }
    // The last run decodes a picture that is done: a stop does not keep it from being shown.
    const late = await run(turn, { pool: pool(), isCancelled: (runs) => runs >= last })
    expect(pictureOf(late)).toEqual(pictureOf(whole))
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

  it('is gone on with as if it had not been stopped, and read by the next turn', async () => {
    const turn = turnWith({ maxTokens: 4, messages: [says('1', 'house')] })
    const [atOnce, inTwo] = [pool(), pool()]
    const whole = textOf(await run(turn, { pool: atOnce }))
    const begun = textOf(await run({ ...turn, maxTokens: 2 }))
    expect(whole.startsWith(begun) && begun !== '' && begun !== whole).toBe(true)
    expect(begun + textOf(await run({ ...turn, maxTokens: 2, begun }, { pool: inTwo }))).toBe(whole)
    const next = { ...turn, messages: [...turn.messages, says('2', whole, [], 'assistant'), says('3', 'red')] }
    const [expected, found] = [await run(next, { pool: atOnce }), await run(next, { pool: inTwo })]
    expect(prefillOf(found)).toEqual(prefillOf(expected))
    expect(prefillOf(found).reused).toBeGreaterThan(turn.messages.length + 4)
    expect(textOf(found)).toBe(textOf(expected))
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
