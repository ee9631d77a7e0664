import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSentenceReader, plainText } from './sentences'

describe('an answer that is read out', () => {
  it('gives each sentence once, when it is whole', () => {
    const reader = createSentenceReader()
    expect(reader.read('It is a red')).toBe('')
    expect(reader.read('It is a red apple. And a')).toBe('It is a red apple.')
    expect(reader.read('It is a red apple. And a moon.\nThe')).toBe('And a moon.')
    expect(reader.finish('It is a red apple. And a moon.\nThe end')).toBe('The end')
  })

  it('takes no point inside a number for an end', () => {
    const reader = createSentenceReader()
    expect(reader.read('It takes 0.42 s')).toBe('')
    expect(reader.finish('It takes 0.42 s')).toBe('It takes 0.42 s')
  })

  it('loses and repeats no word, however the text comes in', () => {
    const sentence = fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 6 }), fc.array(fc.nat(200)), (sentences, cuts) => {
        const text = sentences.map((words) => `${words.join(' ')}. `).join('')
        const reader = createSentenceReader()
        const said = [...cuts].sort((a, b) => a - b).map((cut) => reader.read(text.slice(0, cut)))
        said.push(reader.finish(text))
        expect(said.filter(Boolean).join(' ')).toBe(plainText(text))
      }),
    )
  })

  it('leaves out the marks of Markdown', () => {
    expect(plainText('## A *bold* [link](https://x.y)\n- `code`')).toBe('A bold link code')
  })
})
