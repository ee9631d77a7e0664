import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../contract/speculation'
import { runStrategy } from './testing/run-strategy'
import { openTinyModel } from './testing/tiny-model'

const prompts = [
  'The cat sat on the mat. The cat sat on the mat.',
  'def add(a, b):\n    return a + b\n\ndef sub(a, b):',
  'Once upon a time',
]
const lengths = [1, 4, 8] as const
const chains = ['draft', 'lookup', 'early-exit', 'mtp', 'lookup-mtp'] as const
const trees = ['retrieval', 'medusa', 'mtp-parallel', 'eagle'] as const

const requests: (Partial<Strategy> & Pick<Strategy, 'name'>)[] = [
  ...chains.flatMap((name) => lengths.map((draftLength) => ({ name, draftLength }))),
  ...trees.flatMap((name) =>
    [1, 3, 7, 15].map((treeNodes) => ({ name, draftLength: 4, treeNodes }) satisfies Partial<Strategy>),
  ),
  ...[...chains, ...trees].map((name) => ({ name, draftLength: 'adaptive' as const, treeNodes: 7 })),
]

describe.each(['float32', 'int4', 'int8'])(
  'at temperature 0 in %s, plain decoding’s own tokens come out of',
  { timeout: 120_000 },
  (precision) => {
    const baselines = new Map<string, Awaited<ReturnType<typeof runStrategy>>>()

    async function baseline(text: string) {
      const parts = await openTinyModel(precision)
      const prompt = parts.model.tokenizer.encode(text)
      const plain = baselines.get(text) ?? (await runStrategy(parts, { name: 'plain' }, prompt))
      baselines.set(text, plain)
      return { parts, prompt, plain }
    }

    it.each(requests)('$name, length $draftLength, $treeNodes nodes', async (request) => {
      for (const text of prompts) {
        const { parts, prompt, plain } = await baseline(text)
        const run = await runStrategy(parts, request, prompt)
        expect(run.decoded.tokens).toEqual(plain.decoded.tokens)
        expect(run.decoded.text).toBe(plain.decoded.text)
        expect(run.decoded.finishReason).toBe(plain.decoded.finishReason)
      }
    })
  },
)
