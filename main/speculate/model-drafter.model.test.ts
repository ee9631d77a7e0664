import { describe, expect, it } from 'vitest'
import { readLanguageFolder } from '../text/language-folder'
import { promptIds } from '../text/prompt-ids'
import { tinyFolder, tinyStandardFolder } from '../text/testing/tiny-model'
import { Residency } from '../runtime/residency'
import { openParts } from './open-parts'
import { runRace } from './testing/tiny-model'

const sessions = new Residency()

/** One tiny model as target, with the other layout's to draft for it. */
async function openPair(target: string, drafter: string, changes: { contextLength?: number } = {}) {
  const folder = await readLanguageFolder(drafter)
  const draftModels = { other: { ...folder, sizes: { ...folder.sizes, ...changes } } }
  const options = { modelId: target, folder: await readLanguageFolder(target), provider: 'cpu', threads: 1 } as const
  return openParts({ ...options, precision: target === tinyFolder ? 'float32' : undefined, draftModels }, sessions)
}

const strategies = [{ name: 'draft', draftModel: 'other', draftLength: 3 }] as never

describe('a model of another folder that drafts', () => {
  it.each([
    ['transformers.js', 'ours', tinyStandardFolder, tinyFolder],
    ['ours', 'transformers.js', tinyFolder, tinyStandardFolder],
  ])('gives plain decoding’s own text: %s for %s', async (_drafter, _target, drafter, target) => {
    const parts = await openPair(target, drafter)
    const prompt = promptIds(parts.model, { prompt: 'Hello there', raw: true, maxTokens: 40 })
    const [plain, drafted] = await runRace(parts, prompt, { strategies, maxTokens: 40 })
    expect(drafted).toMatchObject({ text: plain!.text, tokens: plain!.tokens, sameAsPlain: true })
    const nodes = drafted!.rounds.flatMap((round) => round.nodes)
    expect(nodes.length).toBeGreaterThan(10)
    expect(new Set(nodes.map(({ source }) => source)).size).toBe(1)
    expect(nodes[0]!.source).toContain('iny')
  })

  it('drafts no more where the text has outgrown it', async () => {
    const parts = await openPair(tinyFolder, tinyStandardFolder, { contextLength: 20 })
    const prompt = promptIds(parts.model, { prompt: 'Hello there', raw: true, maxTokens: 30 })
    expect(prompt.length).toBeLessThan(18)
    const [plain, drafted] = await runRace(parts, prompt, { strategies, maxTokens: 30 })
    expect(drafted!.text).toBe(plain!.text)
    for (const { contextLength, nodes } of drafted!.rounds) expect(nodes.length > 0).toBe(contextLength < 20)
  })

  it('is refused by name where its tokens are others', async () => {
    const parts = await openPair(tinyFolder, tinyStandardFolder)
    Object.defineProperty(parts.model.tokenizer, 'vocabularySize', { value: 1000 })
    await expect(parts.openDraftModel('other')).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  })
})
