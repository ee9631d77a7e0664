import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { StudioError } from '../../contract/errors'
import { Charsmap } from './charsmap'
import { loadT5Tokenizer, T5Tokenizer } from './t5-tokenizer'
import { cleanUp } from './traced-text'

const folder = path.join(import.meta.dirname, '../../test-fixtures/goldens/sd3/tokenizer-t5-nfkc')

let tokenizer: T5Tokenizer
beforeAll(async () => {
  tokenizer = await loadT5Tokenizer(folder, 32)
})

describe('T5Tokenizer', () => {
  it('says where a long prompt is cut', () => {
    const text = 'two  ligatures \ufb01 and a red apple '.repeat(9)
    const { ids, cutAt } = tokenizer.encode(text)
    expect(ids).toHaveLength(32)
    expect(ids[31]).toBe(1)
    expect(tokenizer.encode(text.slice(0, cutAt!))).toMatchObject({ count: 32, cutAt: null })
  })

  it('gives the wanted number of ids for any text, and cuts at a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 90 }), (text, length) => {
        const { ids, count, cutAt } = tokenizer.encode(text, length)
        expect(ids).toHaveLength(length)
        expect(cutAt === null).toBe(count <= length)
        if (cutAt !== null) expect(cutAt).toBeLessThan(text.length)
      }),
    )
  })

  it('brings text into compatibility form and lower case where the file names these steps', () => {
    const file = JSON.parse(readFileSync(path.join(folder, 'tokenizer.json'), 'utf8')) as object
    const steps = { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] }
    const plain = new T5Tokenizer({ ...file, normalizer: steps } as never, 32)
    expect(plain.encode('  The LIGHT\ufb01sh ').ids).toEqual(plain.encode('the lightfish').ids)
  })

  it.each([
    [
      'another normaliser',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'BertNormalizer' }] } },
    ],
    ['no way of cutting words', { pre_tokenizer: null }],
    ['another way of cutting words', { pre_tokenizer: { type: 'ByteLevel' } }],
  ])('refuses a file with %s', (_, change) => {
    const file = JSON.parse(readFileSync(path.join(folder, 'tokenizer.json'), 'utf8')) as object
    expect(() => new T5Tokenizer({ ...file, ...change } as never, 32)).toThrow(StudioError)
  })

  it('names the file where it is missing', async () => {
    await expect(loadT5Tokenizer(path.join(folder, 'none'), 32)).rejects.toMatchObject({
      code: 'MODEL_BROKEN',
      message: expect.stringContaining('tokenizer.json') as string,
    })
  })
})

describe('cleanUp', () => {
  it('normalises in parts as on the whole text', () => {
    const odd = fc.constantFrom(
      '\uff76',
      '\uff9e',
      '\u3131',
      '\u314f',
      '\uffa1',
      '\uffc2',
      '\ufb01',
      'e',
      '\u0301',
      '\u1100',
      '\u1161',
    )
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: odd, maxLength: 12 }))
    fc.assert(
      fc.property(text, fc.constantFrom('NFC' as const, 'NFKC' as const), (original, form) => {
        const traced = cleanUp(original, [form], 3)
        expect(traced.text).toBe(original.normalize(form))
        expect(traced.origin).toHaveLength(traced.text.length)
        for (const at of traced.origin) expect(at - 3).toBeLessThan(original.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('does its steps in order', () => {
    expect(cleanUp('\uff21\u03a3', ['NFKC', 'Lowercase'])).toEqual({ text: 'a\u03c3', origin: [0, 1] })
    expect(cleanUp('\u2121', ['Lowercase', 'NFKC'])).toEqual({ text: 'TEL', origin: [0, 0, 0] })
  })
})

describe('Charsmap', () => {
  it.each(['AA==', 'BwAAAA==', '/////wAAAAA='])('refuses %s, which is cut short', (encoded) => {
    expect(() => new Charsmap(encoded)).toThrow(RangeError)
  })
})
