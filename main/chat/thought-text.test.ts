import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taggedThought, ThoughtSplitter } from './thought-text'

/** Splits a text that comes in pieces of the given lengths, and joins what belongs together. */
function split(
  text: string,
  cuts: readonly number[],
  otherwise: 'think' | 'answer',
): Record<'think' | 'answer', string> & { closed: boolean } {
  const splitter = new ThoughtSplitter(otherwise)
  const parts = { think: '', answer: '' }
  const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort((a, b) => a - b)
  const pieces = places.slice(1).map((end, i) => text.slice(places[i], end))
  for (const piece of pieces) for (const part of splitter.push(piece)) parts[part.part] += part.text
  for (const part of splitter.end()) parts[part.part] += part.text
  return { ...parts, closed: splitter.isClosed }
}

describe('a thought is told from the answer', () => {
  it.each([
    ['<think>a plan</think>done', 'answer', { think: 'a plan', answer: 'done', closed: true }],
    ['\n <think>a plan</think>', 'answer', { think: 'a plan', answer: '', closed: true }],
    ['no thought at all', 'answer', { think: '', answer: 'no thought at all', closed: false }],
    ['<thin is no tag', 'answer', { think: '', answer: '<thin is no tag', closed: false }],
    ['<think>cut sho', 'answer', { think: 'cut sho', answer: '', closed: false }],
    ['<think>cut in its tag</thi', 'answer', { think: 'cut in its tag</thi', answer: '', closed: false }],
    ['a plan without a tag', 'think', { think: 'a plan without a tag', answer: '', closed: false }],
    ['a plan</think>and more', 'think', { think: 'a plan', answer: 'and more', closed: true }],
    ['<th', 'think', { think: '<th', answer: '', closed: false }],
  ] as const)('%j, else %s', (text, otherwise, expected) => {
    expect(split(text, [], otherwise)).toEqual(expected)
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (cuts) => {
        expect(split(text, cuts, otherwise)).toEqual(expected)
      }),
    )
  })

  it('and gets the tags that it lacks when it is given back', () => {
    expect(taggedThought('a plan')).toBe('<think>a plan</think>')
    expect(taggedThought('<think>a plan')).toBe('<think>a plan')
    expect(taggedThought('<think>a plan</think> done')).toBe('<think>a plan</think> done')
  })
})
