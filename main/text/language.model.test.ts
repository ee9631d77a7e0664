import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samplingSchema, type Sampling } from '../../contract/speculation'
import { Residency } from '../runtime/residency'
import { generate, type GenerationEnd } from './generate'
import { readLanguageFolder, type LanguageFolder } from './language-folder'
import { openLanguageModel } from './open-language-model'
import { promptIds } from './prompt-ids'

const folderPath = path.resolve('resources/models/smollm2-135m')
const isThere = existsSync(path.join(folderPath, 'studio.json'))

describe.skipIf(!isThere)(
  isThere ? 'the bundled language model' : `the bundled language model (skipped: ${folderPath} is not there)`,
  () => {
    const sessions = new Residency()
    let folder: LanguageFolder
    beforeAll(async () => {
      folder = await readLanguageFolder(folderPath)
    })
    afterAll(() => sessions.releaseAll())

    async function answer(
      prompt: string,
      options: {
        precision?: string
        raw?: boolean
        sampling?: Partial<Sampling>
        maxTokens?: number
        stop?: string[]
      } = {},
    ): Promise<{ text: string; finishReason: GenerationEnd | null }> {
      const { precision, raw = false, sampling = {}, maxTokens = 40, stop = [] } = options
      const model = await openLanguageModel({
        modelId: 'bundled',
        folder,
        precision,
        provider: 'cpu',
        threads: 1,
        sessions,
      })
      const target = await model.openTarget()
      const ids = promptIds(model, { prompt, raw, maxTokens })
      let text = ''
      let finishReason: GenerationEnd | null = null
      const settings = samplingSchema.parse(sampling)
      for await (const event of generate({ model, target, prompt: ids, sampling: settings, maxTokens, stop })) {
        text += event.text
        if (event.type === 'end') finishReason = event.finishReason
      }
      return { text, finishReason }
    }

    it('is whole', () => {
      expect(folder.problems).toEqual([])
      expect(folder.hasChatTemplate).toBe(true)
    })

    it('knows the capital of France, in every precision', async () => {
      for (const precision of Object.keys(folder.precisions)) {
        const { text } = await answer('The capital of France is', { precision, raw: true, maxTokens: 3 })
        expect(text, precision).toMatch(/^ Paris/u)
      }
    })

    // With 8-bit activations the first words of this answer are a tie, and another answer wins.
    it('answers a question in a chat and ends by itself', async () => {
      const { text, finishReason } = await answer('What is the capital of France?', { precision: 'float32' })
      expect(text).toBe('The capital of France is Paris.')
      expect(finishReason).toBe('end')
    })

    it('says the same for the same seed, and stops where it is told to', async () => {
      const sampling = { temperature: 0.8, topP: 0.9, seed: 3 }
      const question = 'Name three colours.'
      const first = await answer(question, { sampling, maxTokens: 24 })
      expect(await answer(question, { sampling, maxTokens: 24 })).toEqual(first)
      const stopped = await answer('The capital of France is', { raw: true, stop: ['ris'] })
      expect(stopped).toEqual({ text: ' Pa', finishReason: 'stop' })
    })
  },
)
