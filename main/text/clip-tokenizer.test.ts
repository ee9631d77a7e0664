import fc from 'fast-check'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ClipTokenizer } from './clip-tokenizer'
import { loadClipTokenizer } from './clip-tokenizer'
import { normaliseForClip } from './traced-text'

const model = path.join(import.meta.dirname, '../../test-fixtures/models/tiny-sd3')

let tokenizer: ClipTokenizer
beforeAll(async () => {
  tokenizer = await loadClipTokenizer(path.join(model, 'tokenizer'))
})

describe('ClipTokenizer', () => {
  it('says where a long prompt is cut', () => {
    const text = 'a red apple '.repeat(40)
    const { ids, count, cutAt } = tokenizer.encode(text)
    expect(ids).toHaveLength(77)
    expect(ids[76]).toBe(tokenizer.encode('').ids[1])
    expect(count).toBeGreaterThan(77)
    const read = tokenizer.encode(text.slice(0, cutAt!))
    expect(read).toMatchObject({ count: 77, cutAt: null })
  })

  it('places the cut by the text as typed, not by its clean-up', () => {
    const [typed, clean] = ['e\u0301 \n '.repeat(60), '\u00e9 '.repeat(60)].map((text) => tokenizer.encode(text))
    expect(typed!.ids).toEqual(clean!.ids)
    expect(typed!.cutAt).toBe((clean!.cutAt! / 2) * 5)
  })

  it('gives the wanted number of ids for any text, and cuts at a place inside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 90 }), (text, length) => {
        const { ids, count, cutAt } = tokenizer.encode(text, length)
        expect(ids).toHaveLength(length)
        expect(cutAt === null).toBe(count <= length)
        if (cutAt !== null) expect(cutAt).toBeLessThan(text.length)
      }),
    )
  })

  it('reads a word of 20,000 letters in well under a second', () => {
    const start = performance.now()
    expect(tokenizer.encode('lighthouse'.repeat(2000)).count).toBeGreaterThan(2000)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('normaliseForClip', () => {
  it('composes as NFC does on the whole text, and keeps one origin for each unit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const traced = normaliseForClip(text)
        const whole = text.normalize('NFC').replaceAll(/\p{White_Space}+/gu, ' ')
        expect(traced.text).toBe([...whole].map((character) => character.toLowerCase()).join(''))
        expect(traced.origin).toHaveLength(traced.text.length)
      }),
    )
  })

  it('lower-cases a final capital sigma like any other', () => {
    expect(normaliseForClip('\u03a3\u0391\u03a3').text).toBe('\u03c3\u03b1\u03c3')
  })
})

describe('loadClipTokenizer', () => {
  async function folderWith(files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'clip-tokenizer-'))
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    return folder
  }
  const vocab = JSON.stringify({ a: 0, b: 1, ab: 2, '<|startoftext|>': 3, '<|endoftext|>': 4, '!': 5 })

  it('does with the two main files alone', async () => {
    const folder = await folderWith({ 'vocab.json': vocab, 'merges.txt': '#version: 0.2\r\na b\r\n' })
    expect((await loadClipTokenizer(folder)).encode('', 4).ids).toEqual([3, 4, 4, 4])
    expect((await loadClipTokenizer(folder, '!')).encode('', 4).ids).toEqual([3, 4, 5, 5])
  })

  it.each([
    ['vocab.json', { 'merges.txt': '' }, 'it is missing'],
    ['merges.txt', { 'vocab.json': vocab }, 'it is missing'],
    ['vocab.json', { 'vocab.json': vocab.slice(0, 20), 'merges.txt': '' }, 'not JSON'],
    ['vocab.json', { 'vocab.json': '{"a":0}', 'merges.txt': '' }, 'has no token'],
    ['merges.txt', { 'vocab.json': vocab, 'merges.txt': 'x y' }, 'does not fit'],
  ] as [string, Record<string, string>, string][])('names %s where it is at fault', async (name, files, why) => {
    const folder = await folderWith(files)
    await expect(loadClipTokenizer(folder)).rejects.toMatchObject({ code: 'MODEL_BROKEN' })
    await expect(loadClipTokenizer(folder)).rejects.toThrow(name)
    await expect(loadClipTokenizer(folder)).rejects.toThrow(why)
  })
})
