import { describe, expect, it } from 'vitest'
import { assembleConditioning } from './conditioning'
import type { Embedding } from './embedding-cache'
import { EmbeddingCache } from './embedding-cache'

const embedding = (value: number, tokens: number, width: number, pooled = true): Embedding => ({
  states: new Float32Array(tokens * width).fill(value),
  tokens,
  width,
  ...(pooled ? { pooled: new Float32Array(width).fill(value) } : {}),
})
const clipL = embedding(1, 2, 2)
const clipG = embedding(2, 2, 3)
const t5 = embedding(3, 1, 6, false)
const sizes = { width: 6, pooled: 5, clipTokens: 2, t5Tokens: 1 }

describe('assembleConditioning', () => {
  it('puts CLIP-L beside CLIP-G and T5 below them', () => {
    const { context, tokens, pooled } = assembleConditioning({ 'CLIP-L': clipL, 'CLIP-G': clipG, T5: t5 }, sizes)
    expect(tokens).toBe(3)
    expect([...context]).toEqual([1, 1, 2, 2, 2, 0, 1, 1, 2, 2, 2, 0, 3, 3, 3, 3, 3, 3])
    expect([...pooled]).toEqual([1, 1, 2, 2, 2])
  })

  it('leaves zeros in the places of those that are left out', () => {
    const withoutL = assembleConditioning({ 'CLIP-G': clipG }, sizes)
    expect([...withoutL.context]).toEqual([0, 0, 2, 2, 2, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0])
    expect([...withoutL.pooled]).toEqual([0, 0, 2, 2, 2])
    const onlyT5 = assembleConditioning({ T5: t5 }, sizes)
    expect([...onlyT5.context.subarray(12)]).toEqual([3, 3, 3, 3, 3, 3])
    expect([...onlyT5.pooled]).toEqual([0, 0, 0, 0, 0])
    expect(assembleConditioning({}, sizes).tokens).toBe(3)
  })

  it('cuts what is wider than the context, as negative padding does', () => {
    const { context } = assembleConditioning({ 'CLIP-L': clipL, 'CLIP-G': clipG }, { ...sizes, width: 4 })
    expect([...context.subarray(0, 4)]).toEqual([1, 1, 2, 2])
  })
})

describe('EmbeddingCache', () => {
  it('forgets what was not used for longest once it is full', () => {
    const cache = new EmbeddingCache(3 * clipG.states.byteLength + 3 * clipG.pooled!.byteLength)
    for (const key of ['a', 'b', 'c']) cache.set(key, clipG)
    cache.get('a')
    cache.set('d', clipG)
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true])
  })

  it('counts an embedding that is set again once', () => {
    const cache = new EmbeddingCache()
    cache.set('a', clipL)
    const { bytes } = cache
    cache.set('a', clipL)
    expect(cache.bytes).toBe(bytes)
  })

  it('does not keep what is larger than all of it', () => {
    const cache = new EmbeddingCache(8)
    cache.set('a', clipG)
    expect(cache.get('a')).toBeUndefined()
    expect(cache.bytes).toBe(0)
  })
})
