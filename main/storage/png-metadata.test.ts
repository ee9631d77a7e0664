import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { generateRequestSchema } from '../../contract/images'
import { readPngTexts, writePngTexts } from './png-chunks'
import { parseParameters, readPictureMetadata, writePictureMetadata } from './png-metadata'

let png: Uint8Array
beforeAll(async () => {
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#840' } })
    .png()
    .toBuffer()
})

const settings = generateRequestSchema.parse({
  modelId: 'sd3-emoji',
  prompt: 'a slice of pizza, "fluent 3d": ピザ 🍕\nsecond line',
  negativePrompt: 'blurry, text',
  width: 128,
  height: 192,
  steps: 28,
  guidanceScale: 4.5,
  shift: 1.5,
  seed: 418205937,
})
const metadata = { settings, modelName: 'SD3, Emoji', modelHash: 'abcdef0123456789' }

describe('picture metadata', () => {
  it('comes back whole from a picture that can still be read', async () => {
    const written = writePictureMetadata(png, metadata)
    expect(readPictureMetadata(written)).toMatchObject({ source: 'atelier', settings })
    expect((await sharp(written).raw().toBuffer()).equals(await sharp(png).raw().toBuffer())).toBe(true)
  })

  it('writes the text that other tools read', () => {
    const text = readPngTexts(writePictureMetadata(png, metadata)).get('parameters')
    expect(text).toContain('Negative prompt: blurry, text\nSteps: 28, Sampler: Euler, ')
    expect(text).toContain(
      'CFG scale: 4.5, Seed: 418205937, Size: 128x192, Model hash: abcdef0123, Model: "SD3, Emoji"',
    )
  })

  it('reads the text alone where our own record is missing or damaged', () => {
    const text = readPngTexts(writePictureMetadata(png, metadata)).get('parameters') ?? ''
    const other = writePngTexts(
      png,
      new Map([
        ['parameters', text],
        ['atelier', '{"version":9}'],
      ]),
    )
    expect(readPictureMetadata(other)).toMatchObject({
      source: 'parameters',
      settings: {
        prompt: settings.prompt,
        negativePrompt: 'blurry, text',
        steps: 28,
        seed: 418205937,
        width: 128,
        height: 192,
        shift: 1.5,
      },
    })
  })

  it('finds nothing in pictures without settings and in files that are no PNG', () => {
    expect(readPictureMetadata(png)).toBeNull()
    expect(readPictureMetadata(new Uint8Array([1, 2, 3]))).toBeNull()
  })

  it('leaves out values that our form would refuse', () => {
    const patch = parseParameters('a cat\nSteps: 100000, Sampler: DDIM, CFG scale: 7, Seed: 5, Size: 513x512')
    expect(patch).toEqual({ prompt: 'a cat', negativePrompt: '', guidanceScale: 7, seed: 5, height: 512 })
  })

  it('reads what other tools write around the line of settings', () => {
    const text = [
      'Steps: take the stairs',
      'masterpiece, (cat:1.2) <lora:add_detail:0.5>',
      'Negative prompt: blurry,',
      'low quality',
      'Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 3, Size: 512x768, Model hash: 0123abcd, ' +
        'Model: "v1, pruned", Lora hashes: "add_detail: 7c6bad76eb54", Version: v1.7.0',
      'Template: {a|b} cat',
    ].join('\n')
    expect(parseParameters(text)).toEqual({
      prompt: 'Steps: take the stairs\nmasterpiece, (cat:1.2) <lora:add_detail:0.5>',
      negativePrompt: 'blurry,\nlow quality',
      steps: 20,
      sampler: 'dpmpp-2m',
      guidanceScale: 7,
      seed: 3,
      width: 512,
      height: 768,
    })
  })

  it('shows a text that says nothing of settings as it stands', () => {
    const titled = writePngTexts(png, new Map([['parameters', 'just a note']]))
    expect(readPictureMetadata(titled)).toEqual({ settings: null, source: null, text: 'just a note' })
  })

  it('unpacks no more text than it has room for', () => {
    const bomb = Buffer.alloc(10_000_000, 'a').toString()
    const texts = new Map(['one', 'two', 'three'].map((keyword) => [keyword, `é√${bomb}`]))
    expect([...readPngTexts(writePngTexts(png, texts)).keys()]).toEqual(['one'])
  })

  it('replaces texts of the same keyword instead of adding a second', () => {
    const twice = writePictureMetadata(writePictureMetadata(png, metadata), { ...metadata, modelName: 'Other' })
    expect(twice.length).toBeLessThan(writePictureMetadata(png, metadata).length + 20)
    expect(readPngTexts(twice).get('parameters')).toContain('Model: Other')
  })

  it('carries any text, and never fails on damaged bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 6000 }), (text) => {
        expect(readPngTexts(writePngTexts(png, new Map([['parameters', text]]))).get('parameters')).toBe(text)
      }),
    )
    const written = writePictureMetadata(png, metadata)
    fc.assert(
      fc.property(
        fc.nat({ max: written.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: written.length }),
        (at, value, cut) => {
          const damaged = written.slice(0, cut)
          if (at < damaged.length) damaged[at] = value
          readPictureMetadata(damaged)
        },
      ),
      { numRuns: 500 },
    )
  })
})
