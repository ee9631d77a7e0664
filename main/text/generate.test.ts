import { describe, expect, it } from 'vitest'
import { samplingSchema, type Sampling } from '../../contract/speculation'
import { forwardResultFromLogits } from './forward-result'
import { generate, type GenerateOptions, type GenerationEvent } from './generate'
import { KeyValueCache } from './key-value-cache'
import type { ForwardResult, TargetSession, TokenCache, Wants } from './language-model'
import { byteTokenizer, endToken } from './testing/byte-tokenizer'

const tokenizer = await byteTokenizer()
const vocabulary = tokenizer.vocabularySize
const sizes = {
  layers: 1,
  hidden: 1,
  keyValueWidth: 1,
  vocabulary,
  contextLength: 64,
  exitLayers: 0,
  draftVocabulary: 0,
}

/** A target that writes a script, whatever it reads: each answer depends on how many tokens it has read. */
class ScriptedTarget implements TargetSession {
  readonly trees = true
  readonly hasHidden = false
  readonly asked: (boolean | undefined)[] = []
  readonly #script: readonly number[]
  readonly #promptLength: number

  constructor(script: readonly number[], promptLength: number) {
    this.#script = script
    this.#promptLength = promptLength
  }

  createCache(): KeyValueCache {
    return new KeyValueCache(1, 1)
  }

  async forward({ ids }: { ids: readonly number[] }, cache: TokenCache, wants: Wants = {}): Promise<ForwardResult> {
    this.asked.push(wants.logits)
    const first = cache.length
    ;(cache as KeyValueCache).append(new Float32Array(2 * ids.length), ids.length)
    const logits = new Float32Array(ids.length * vocabulary)
    ids.forEach((_, row) => {
      const token = this.#script[first + row + 1 - this.#promptLength]
      if (token !== undefined) logits[row * vocabulary + token] = 20
    })
    return forwardResultFromLogits(logits, ids.length)
  }
}

const prompt = tokenizer.encode('Say')

async function run(
  text: string,
  changes: Partial<Omit<GenerateOptions, 'sampling'>> & { sampling?: Partial<Sampling> } = {},
): Promise<{ text: string; tokens: number[]; reason: string; events: GenerationEvent[]; target: ScriptedTarget }> {
  const script = [...tokenizer.encode(text), endToken]
  const { sampling = {}, ...rest } = changes
  const target = new ScriptedTarget(script, prompt.length)
  const events: GenerationEvent[] = []
  const options = { model: { tokenizer, endTokens: new Set([endToken]), sizes }, target, prompt, maxTokens: 50 }
  for await (const event of generate({ ...options, sampling: samplingSchema.parse(sampling), ...rest }))
    events.push(event)
  const last = events.at(-1)!
  return {
    text: events.map((event) => event.text).join(''),
    tokens: events.flatMap((event) => (event.type === 'token' ? [event.token] : [])),
    reason: last.type === 'end' ? last.finishReason : 'none',
    events,
    target,
  }
}

describe('generate', () => {
  it('writes until the end token, which is told and not shown', async () => {
    const { text, tokens, reason, events } = await run('the é👩‍🚀.')
    expect([text, reason]).toEqual(['the é👩‍🚀.', 'end'])
    expect(tokens).toEqual([...tokenizer.encode('the é👩‍🚀.'), endToken])
    for (const event of events) expect(event.text).not.toContain('\u{FFFD}')
    const [first] = events
    expect(first?.type === 'token' && first.logProbability).toBeCloseTo(
      -Math.log1p((vocabulary - 1) * Math.exp(-20)),
      6,
    )
  })

  it('ends after as many tokens as were asked for, with what is complete', async () => {
    expect(await run('abcdef', { maxTokens: 3 })).toMatchObject({ text: 'abc', reason: 'length' })
    expect(await run('abcdef', { maxTokens: 1 })).toMatchObject({ text: 'a', reason: 'length' })
    expect(await run('ab', { maxTokens: 3 })).toMatchObject({ text: 'ab', reason: 'end' })
  })

  it('ends at a stop text and leaves it out', async () => {
    expect(await run('one two three', { stop: ['o th'] })).toMatchObject({ text: 'one tw', reason: 'stop' })
    expect(await run('one tw', { stop: ['two'] })).toMatchObject({ text: 'one tw', reason: 'end' })
  })

  it('ends where the context is full', async () => {
    const { reason, tokens } = await run('x'.repeat(100), { maxTokens: 100 })
    expect(reason).toBe('context')
    expect(tokens).toHaveLength(sizes.contextLength - prompt.length + 1)
  })

  it('stops between forwards when it is cancelled', async () => {
    let left = 4
    const { reason, text, target } = await run('abcdef', { isCancelled: () => left-- <= 0 })
    expect(reason).toBe('cancelled')
    expect('abcdef'.startsWith(text)).toBe(true)
    expect(target.asked.length).toBeLessThan(4)
    expect(await run('abc', { isCancelled: () => true })).toMatchObject({ reason: 'cancelled', text: '' })
  })

  it('asks for all logits only where the sampler needs them', async () => {
    expect(new Set((await run('ab')).target.asked)).toEqual(new Set([false]))
    expect(new Set((await run('ab', { sampling: { temperature: 1 } })).target.asked)).toEqual(new Set([true]))
  })

  it('draws the same tokens from the same seed, and others from another', async () => {
    const sampling = { temperature: 12, seed: 5 }
    const one = await run('abcdefgh', { sampling, maxTokens: 12 })
    expect((await run('abcdefgh', { sampling, maxTokens: 12 })).tokens).toEqual(one.tokens)
    expect((await run('abcdefgh', { sampling: { ...sampling, seed: 6 }, maxTokens: 12 })).tokens).not.toEqual(
      one.tokens,
    )
  })

  it('counts what it wrote for the penalties', async () => {
    const { tokens } = await run('aaaa', { sampling: { frequencyPenalty: 2, presencePenalty: 2 }, maxTokens: 4 })
    const [a] = tokenizer.encode('a')
    expect(tokens).toEqual([a, a, a, a])
    const strict = await run('aaaaaaaaaaaaaaaa', { sampling: { frequencyPenalty: 2 }, maxTokens: 12 })
    expect(strict.tokens.slice(0, 10)).toEqual(new Array(10).fill(a))
    expect(strict.tokens[11]).not.toBe(a)
  })
})
