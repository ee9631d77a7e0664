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

    const open = (precision: string | undefined) =>
      openLanguageModel({ modelId: 'bundled', folder, precision, provider: 'cpu', threads: 1, sessions })

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
      const model = await open(precision)
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

    // What makes a draft's check give plain decoding's own tokens.
    it('reads tokens together as it reads each alone, to the last bit, in every precision', async () => {
      for (const precision of Object.keys(folder.precisions)) {
        const model = await open(precision)
        const target = await model.openTarget()
        const [first = [], rest = []] = ['Once upon a time', ' there was a small house by the sea'].map((text) =>
          model.tokenizer.encode(text),
        )
        expect(rest.length).toBeGreaterThan(6)
        const alone = target.createCache()
        await target.forward({ ids: first }, alone)
        const rows: Float32Array[] = []
        for (const id of rest) rows.push((await target.forward({ ids: [id] }, alone, { hidden: true })).hidden!.slice())
        for (let count = 2; count <= rest.length; count += 1) {
          const together = target.createCache()
          await target.forward({ ids: first }, together)
          const { hidden } = await target.forward({ ids: rest.slice(0, count) }, together, { hidden: true })
          for (let row = 0; row < count; row += 1) {
            const width = rows[row]!.length
            expect(hidden!.slice(row * width, (row + 1) * width), `${precision}, row ${row} of ${count}`).toEqual(
              rows[row],
            )
          }
        }
      }
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
