import { describe, expect, it } from 'vitest'
import { promptIds } from './prompt-ids'
import { byteTokenizer } from './testing/byte-tokenizer'

const tokenizer = await byteTokenizer()
const model = (contextLength: number, beginToken: number | null = null): Parameters<typeof promptIds>[0] => ({
  tokenizer,
  beginToken,
  sizes: { layers: 1, hidden: 1, keyValueWidth: 1, vocabulary: 262, contextLength, exitLayers: 0, draftVocabulary: 0 },
})

describe('promptIds', () => {
  it('writes a chat, with a system turn where there is one', () => {
    const text = (system: string): string =>
      tokenizer.decode(promptIds(model(100), { prompt: 'Hi', system, maxTokens: 1 }))
    expect(text('')).toBe('user\nHi\nassistant\n')
    expect(text('Rhyme.')).toBe('system\nRhyme.\nuser\nHi\nassistant\n')
  })

  it('continues a raw prompt as it stands, after the begin token where the model has one', async () => {
    const request = { prompt: 'the', raw: true, maxTokens: 1 }
    expect(promptIds(model(100), request)).toEqual(tokenizer.encode('the'))
    expect(promptIds(model(100, 0), request)).toEqual([0, ...tokenizer.encode('the')])
    const own = { ...model(100, 0), tokenizer: await byteTokenizer('begun', { begin: '<|endoftext|>' }) }
    expect(promptIds(own, request)).toEqual([0, ...tokenizer.encode('the')])
  })

  it('refuses what does not fit, naming the field and the way out', () => {
    const prompt = 'x'.repeat(20)
    const request = { prompt, raw: true, maxTokens: 12 }
    expect(promptIds(model(32), request)).toHaveLength(20)
    expect(() => promptIds(model(30), request)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: 'The prompt has 20 tokens and the model reads 30: there is room for 10 more, not 12',
        data: { field: 'maxTokens', remedy: 'Ask for at most 10 tokens, or shorten the prompt.' },
      }),
    )
    expect(() => promptIds(model(16), request)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        data: { field: 'prompt', remedy: 'Shorten the prompt by 5 tokens or more.' },
      }),
    )
  })

  it('refuses an empty prompt', () => {
    for (const raw of [true, false]) {
      expect(() => promptIds(model(30), { prompt: '', raw, maxTokens: 1 })).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', data: expect.objectContaining({ field: 'prompt' }) }),
      )
    }
  })
})
