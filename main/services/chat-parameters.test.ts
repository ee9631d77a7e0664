import { describe, expect, it } from 'vitest'
import type { ChatModelFacts } from '../../contract/chat-models'
import { mergeSettings, resolveParameters } from './chat-parameters'

const drawing = {
  width: 64,
  height: 64,
  steps: 50,
  shift: 3,
  textScale: 4,
  imageScale: 1,
  interval: [0.4, 1] as [number, number],
  renorm: 'global' as const,
  renormMin: 0,
  taylorSeer: false,
}
const facts: ChatModelFacts = {
  modes: ['read', 'draw', 'edit'],
  seesPictures: true,
  maxPictures: 4,
  canThink: true,
  canContinue: false,
  contextLength: 1000,
  precisions: ['int4', 'float32'],
  defaultPrecision: 'int4',
  strategies: ['plain'],
  defaults: {
    read: { maxTokens: 512, thinkTokens: 300, temperature: 0.3, drawing: null },
    draw: { maxTokens: 512, thinkTokens: 300, temperature: 0, drawing },
    edit: { maxTokens: 512, thinkTokens: 300, temperature: 0, drawing: { ...drawing, imageScale: 2 } },
  },
  sizes: [[64, 64]],
  maxSide: 128,
  prompts: [],
}
const model = { name: 'Bagel', facts }

describe('the parameters of a turn', () => {
  it('are the defaults of its mode where nothing is set', () => {
    expect(resolveParameters(model, 'edit', { seed: 3 })).toMatchObject({
      think: false,
      maxTokens: 512,
      precision: 'int4',
      strategy: null,
      history: true,
      sampling: { temperature: 0, seed: 3, topP: 1 },
      drawing: { imageScale: 2, steps: 50 },
    })
    expect(resolveParameters(model, 'read', {})).toMatchObject({ drawing: null, sampling: { temperature: 0.3 } })
  })

  it('take what is set, one by one, and a new seed each time', () => {
    const set = resolveParameters(model, 'draw', { drawing: { steps: 10 }, think: true, temperature: 1 })
    expect(set).toMatchObject({ drawing: { ...drawing, steps: 10 }, think: true, sampling: { temperature: 1 } })
    const seeds = new Set(Array.from({ length: 20 }, () => resolveParameters(model, 'draw', {}).sampling.seed))
    expect(seeds.size).toBeGreaterThan(15)
  })

  it('know what this model does not have', () => {
    expect(() => resolveParameters(model, 'read', { precision: 'bf16' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        data: expect.objectContaining({ field: 'settings.precision' }) as object,
      }),
    )
    expect(() => resolveParameters(model, 'draw', { drawing: { height: 256 } })).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ field: 'settings.drawing.height' }) as object }),
    )
    const words = { name: 'Words', facts: { ...facts, seesPictures: false } }
    expect(() =>
      resolveParameters(words, 'read', {
        strategy: { name: 'medusa', draftLength: 3, treeNodes: 7, acceptance: 'exact' },
      }),
    ).toThrow(expect.objectContaining({ data: expect.objectContaining({ field: 'settings.strategy' }) as object }))
    expect(resolveParameters({ name: 'B', facts: { ...facts, canThink: false } }, 'read', { think: true }).think).toBe(
      false,
    )
    expect(resolveParameters(model, 'read', { maxTokens: 5000 }).maxTokens).toBe(1000)
  })
})

describe('settings of a turn over those of its conversation', () => {
  it('hide the same ones below and no others, in the drawing too', () => {
    const under = { system: 'Be brief.', temperature: 1, drawing: { steps: 10, shift: 2 } }
    expect(mergeSettings({ temperature: 0, drawing: { steps: 20 } }, under)).toEqual({
      system: 'Be brief.',
      temperature: 0,
      drawing: { steps: 20, shift: 2 },
    })
    // A field that is there and undefined says nothing.
    expect(mergeSettings({ temperature: undefined }, under).temperature).toBe(1)
    expect(mergeSettings({}, {})).toEqual({})
  })
})
