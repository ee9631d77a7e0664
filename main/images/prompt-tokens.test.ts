import { describe, expect, it } from 'vitest'
import { readSd3Folder } from './folder'
import { countPromptTokens, tokenizerOf } from './prompt-tokens'
import { fixtureModel } from './testing/goldens'

describe('countPromptTokens', () => {
  it('counts for each encoder that the model has, and says where each stops reading', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3'))
    const short = await countPromptTokens(folder, 'a red apple')
    expect(short.map(({ encoder, maxTokens, cutAt }) => [encoder, maxTokens, cutAt])).toEqual([
      ['CLIP-L', 77, null],
      ['CLIP-G', 77, null],
      ['T5', 256, null],
    ])
    const long = await countPromptTokens(folder, 'a red apple on a wooden table, '.repeat(12))
    expect(long.map(({ count, maxTokens, cutAt }) => count > maxTokens && cutAt !== null)).toEqual([true, true, false])
  })

  it('reads a vocabulary once, and again after a failure', async () => {
    const folder = await readSd3Folder(fixtureModel('tiny-sd3'))
    const [first] = folder.encoders
    expect(await tokenizerOf(first!)).toBe(await tokenizerOf(first!))
    const missing = { ...first!, tokenizer: '/none' }
    await expect(tokenizerOf(missing)).rejects.toMatchObject({ code: 'MODEL_BROKEN' })
    await expect(tokenizerOf(missing)).rejects.toMatchObject({ code: 'MODEL_BROKEN' })
  })
})
