import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAtStop } from './stop-sequences'

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 })
const sequences = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 3 }), {
  maxLength: 3,
})

describe('a text with sequences to stop at', () => {
  it.each([
    ['one\ntwo', ['\n'], true, 'one', true],
    ['one', ['two', 'ne'], true, 'o', true],
    ['say END and END', ['END'], true, 'say ', true],
    ['say EN', ['END'], false, 'say ', false],
    ['say EN', ['END'], true, 'say EN', false],
    ['as it is', [], false, 'as it is', false],
  ])('%j with %j, whole %j, shows %j', (text, stops, isWhole, shown, isStopped) => {
    expect(cutAtStop(text, stops, isWhole)).toEqual({ text: shown, isStopped })
  })

  it('never takes back what it showed of a growing text, and ends with the same as the whole', () => {
    fc.assert(
      fc.property(letters, sequences, (text, stops) => {
        const whole = cutAtStop(text, stops, true)
        let before = ''
        for (let length = 0; length <= text.length; length++) {
          const now = cutAtStop(text.slice(0, length), stops, false)
          expect(now.text.startsWith(before)).toBe(true)
          expect(whole.text.startsWith(now.text)).toBe(true)
          before = now.text
          if (now.isStopped) break
        }
        expect(stops.some((stop) => whole.text.includes(stop))).toBe(false)
      }),
    )
  })
})
