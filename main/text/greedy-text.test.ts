import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { samplingSchema } from '../../contract/speculation'
import { generate } from './generate'
import { promptIds } from './prompt-ids'
import { openTinyModel, tinyFolder, tinyStandardFolder } from './testing/tiny-model'

interface Golden {
  readonly weights: string
  readonly cases: readonly {
    readonly prompt: string
    readonly raw: boolean
    readonly promptIds: readonly number[]
    readonly tokens: readonly number[]
    readonly text: string
    readonly logits: readonly number[]
  }[]
}

const file = path.resolve('test-fixtures/goldens/speculation/greedy-text.json')
const golden = JSON.parse(await readFile(file, 'utf8')) as Golden

describe('what transformers computes with the same weights', () => {
  it('belongs to the fixture; if not, run training/goldens/language_text.py', async () => {
    const weights = await readFile(path.join(tinyFolder, 'weights.data'))
    expect(createHash('sha256').update(weights).digest('hex')).toBe(golden.weights)
  })

  it.each([
    ['float32', tinyFolder, 1e-4],
    // This export keeps its weights in half precision.
    ['fp32', tinyStandardFolder, 0.05],
  ])('is what %s of %s computes: prompt ids, logits, tokens and text', async (precision, folder, tolerance) => {
    const { model, sessions } = await openTinyModel(precision, folder)
    const target = await model.openTarget()
    for (const expected of golden.cases) {
      const maxTokens = expected.tokens.length
      const prompt = promptIds(model, { prompt: expected.prompt, raw: expected.raw, maxTokens })
      expect(prompt).toEqual(expected.promptIds)

      const result = await target.forward({ ids: prompt }, target.createCache(), { logits: true })
      result.row(prompt.length - 1).logits!.forEach((logit, id) => {
        expect(Math.abs(logit - expected.logits[id]!)).toBeLessThan(tolerance)
      })

      const tokens: number[] = []
      let text = ''
      for await (const event of generate({ model, target, prompt, sampling: samplingSchema.parse({}), maxTokens })) {
        text += event.text
        if (event.type === 'token') tokens.push(event.token)
      }
      expect(tokens).toEqual(expected.tokens)
      expect(text).toBe(expected.text)
    }
    await sessions.releaseAll()
  })

  it.each(['int4', 'int8'])(
    'is close to what %s computes, whose activations are rounded to 8 bits',
    async (precision) => {
      const { model, sessions } = await openTinyModel(precision)
      const target = await model.openTarget()
      for (const { promptIds: prompt, logits } of golden.cases) {
        const row = (await target.forward({ ids: prompt }, target.createCache(), { logits: true })).row(
          prompt.length - 1,
        )
        const squares = row.logits!.reduce((sum, logit, id) => sum + (logit - logits[id]!) ** 2, 0)
        expect(Math.sqrt(squares / logits.length)).toBeLessThan(0.3)
      }
      await sessions.releaseAll()
    },
  )
})
