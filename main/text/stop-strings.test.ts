import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findStop, StopStrings } from './stop-strings'

/** Shows pieces one by one until a stop, as a run does. */
function shown(pieces: readonly string[], stops: readonly string[]): { text: string; stopped: boolean } {
  const watch = new StopStrings(stops)
  let text = ''
  for (const piece of pieces) {
    const watched = watch.push(piece)
    text += watched.text
    if (watched.stopped) return { text, stopped: true }
  }
  return { text: text + watch.flush(), stopped: false }
}

describe('StopStrings', () => {
  it.each([
    [['one ', 'END two'], ['END'], 'one ', true],
    [['one E', 'N', 'D two'], ['END'], 'one ', true],
    [['one EN', ' two'], ['END'], 'one EN two', false],
    [['one EN'], ['END'], 'one EN', false],
    [['aaab'], ['aab'], 'a', true],
    [['a', 'a', 'a', 'b'], ['aab'], 'a', true],
    [['abc'], ['abc', 'b'], 'a', true],
    [['abc'], ['bc', 'abc'], '', true],
    [['one'], [], 'one', false],
    [['one'], [''], 'one', false],
  ])('shows of %j with the stops %j: %j', (pieces, stops, text, stopped) => {
    expect(shown(pieces, stops)).toEqual({ text, stopped })
  })

  it('holds back what may be the beginning of a stop, and no more', () => {
    const watch = new StopStrings(['END'])
    expect(watch.push('so E')).toEqual({ text: 'so ', stopped: false })
    expect(watch.push('E')).toEqual({ text: 'E', stopped: false })
    expect(watch.push('xE')).toEqual({ text: 'Ex', stopped: false })
    expect(watch.flush()).toBe('E')
  })

  it('ends a text at the same place however it is cut into pieces', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(fc.array(letters), stops, (pieces, texts) => {
        const whole = pieces.join('')
        const cut = findStop(whole, texts)
        const expected = { text: cut === null ? whole : whole.slice(0, cut), stopped: cut !== null }
        expect(shown(pieces, texts)).toEqual(expected)
        expect(shown([...whole], texts)).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })
})
