import { beforeAll, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import fc from 'fast-check'
import { chatPrompt, turnRows, type ChatPromptModel } from './chat-prompt'
import type { ChatTurn } from './chat-template'
import { TextTokenizer } from './text-tokenizer'

const folder = join(import.meta.dirname, '../../test-fixtures/models/tiny-causal-lm')
let tokenizer: TextTokenizer
beforeAll(async () => {
  tokenizer = await TextTokenizer.load(folder)
})

const chat: ChatTurn[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Good day.' },
  { role: 'user', content: 'Why?' },
]
const withoutTemplate = (): ChatPromptModel => ({
  beginToken: null,
  tokenizer: {
    template: null,
    encode: (text) => tokenizer.encode(text),
    encodePart: (text) => tokenizer.encodePart(text),
    encodeChat: () => {
      throw new Error('has none')
    },
  },
})

describe('a chat as a prompt', () => {
  it('is what the model’s template writes, and what was begun follows it', () => {
    const model = { tokenizer, beginToken: null }
    expect(chatPrompt(model, chat)).toEqual(tokenizer.encodeChat(chat))
    const begun = chatPrompt(model, chat, 'Because')
    expect(begun.slice(0, -tokenizer.encodePart('Because').length)).toEqual(tokenizer.encodeChat(chat))
  })

  it('is a transcript where there is no template, each speaker named', () => {
    expect(tokenizer.decode(chatPrompt(withoutTemplate(), chat))).toBe(
      'Be brief.\nUser: Hello\nAssistant: Good day.\nUser: Why?\nAssistant:',
    )
  })

  it('puts the begin token before a transcript, once', () => {
    const ids = chatPrompt({ ...withoutTemplate(), beginToken: 1 }, chat)
    expect(ids[0]).toBe(1)
    expect(ids.slice(1)).toEqual(chatPrompt(withoutTemplate(), chat))
  })

  it('takes rows by turn that add up to the whole, but for what stands at its ends', () => {
    const turn = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.string({ maxLength: 40 }),
    })
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
        const model = { tokenizer, beginToken: null }
        const sum = turnRows(model, turns).reduce((a, b) => a + b, 0)
        const whole = chatPrompt(model, turns).length
        // The template's own system turn and the beginning of the answer.
        expect(whole - sum).toBeGreaterThanOrEqual(0)
        expect(whole - sum).toBeLessThan(60)
      }),
      { numRuns: 50 },
    )
  })
})
