import { describe, expect, it } from 'vitest'
import { decideMode, type ModeQuestion } from './chat-mode'

const all = ['read', 'draw', 'edit'] as const

function decide(text: string, change: Partial<ModeQuestion> = {}) {
  return decideMode({
    asked: 'auto',
    text,
    attached: 0,
    hasEarlier: false,
    followsDrawing: false,
    modes: all,
    modelName: 'Bagel',
    ...change,
  })
}
const attached = { attached: 1 }
const afterDrawing = { hasEarlier: true, followsDrawing: true }

describe('Auto', () => {
  it.each([
    'Draw a cat',
    'Now draw a small castle in a meadow, with a unicorn at the gate.',
    'Could you please paint me a sunset?',
    'please sketch two dogs',
    'Show me a picture of a whale',
    'make a castle in a meadow',
    'A picture of three red apples',
    'I would like you to generate an image of a snail',
  ])('draws for “%s”', (text) => {
    expect(decide(text)).toMatchObject({ mode: 'draw' })
    expect(decide(text).reason).toMatch(/asks for a picture/)
  })

  it.each([
    'What is on the desk?',
    'Is there a cat?',
    'How many apples are there',
    'describe it',
    'Count the apples',
    'Hello',
    'Tell me a joke',
    'What would you draw here?',
    'Would you take away the banana?',
  ])('answers “%s” in words, with a picture and without', (text) => {
    if (!text.startsWith('Would')) {
      expect(decide(text).mode).toBe('read')
      expect(decide(text, attached).mode).toBe('read')
    } else expect(decide(text).mode).toBe('read')
  })

  it.each([
    'Give this penguin a top hat. Leave everything else.',
    'Make the roofs blue',
    'make it blue',
    'Please remove the banana',
    'Can you replace the apple with a pear?',
    'change the background to green',
    'paint the sky red',
    'draw a hat on it',
    'turn it into a watercolour',
    'add a moon',
  ])('edits for “%s” where there is a picture', (text) => {
    expect(decide(text, attached)).toMatchObject({ mode: 'edit' })
    expect(decide(text, attached).reason).toContain('the attached picture')
    expect(decide(text, { hasEarlier: true })).toMatchObject({ mode: 'edit' })
    expect(decide(text, { hasEarlier: true }).reason).toContain('the picture above')
  })

  it('edits nothing where there is no picture', () => {
    expect(decide('remove the banana').mode).toBe('read')
    expect(decide('make it blue').mode).toBe('read')
  })

  it('draws anew beside an earlier picture when a new one is asked for', () => {
    expect(decide('Draw a whale', { hasEarlier: true }).mode).toBe('draw')
    expect(decide('Draw me another picture of a cat', attached).mode).toBe('draw')
  })

  it('takes a fragment after a drawing as going on from it', () => {
    expect(decide('with a red hat', afterDrawing)).toMatchObject({ mode: 'edit', rule: 'follows-picture' })
    expect(decide('another one', afterDrawing)).toMatchObject({ mode: 'draw', rule: 'follows-picture' })
    expect(decide('with a red hat')).toMatchObject({ mode: 'read' })
  })

  it('looks at a picture that comes without a verb', () => {
    expect(decide('', attached)).toMatchObject({ mode: 'read', rule: 'picture-attached' })
  })

  it('does what was chosen, whatever is said', () => {
    expect(decide('What is this?', { asked: 'draw' })).toMatchObject({ mode: 'draw', rule: 'asked' })
  })

  it('answers in words where the model can do nothing else, and says so', () => {
    expect(decide('Draw a cat', { modes: ['read'], modelName: 'SmolLM2' })).toMatchObject({
      mode: 'read',
      rule: 'text-only',
      reason: 'SmolLM2 answers in words alone',
    })
  })

  it('refuses a chosen mode that the model lacks, and an edit of nothing', () => {
    expect(() => decide('a cat', { asked: 'draw', modes: ['read'] })).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
    )
    expect(() => decide('blue', { asked: 'edit' })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
