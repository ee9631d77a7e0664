import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadClipTokenizer } from './clip-tokenizer'
import type { PromptTokenizer } from './prompt-tokenizer'
import { loadT5Tokenizer } from './t5-tokenizer'

const fixtures = path.join(import.meta.dirname, '../../test-fixtures')
const model = path.join(fixtures, 'models/tiny-sd3')

interface Ids {
  full: number[]
  padded: number[]
}
type Entry = { text: string } & Record<'clipL' | 'clipG' | 't5' | 't5Nfkc', Ids>

const goldens = JSON.parse(readFileSync(path.join(fixtures, 'goldens/sd3/tokens.json'), 'utf8')) as {
  lengths: { clip: number; t5: number }
  entries: Entry[]
}

const loaders: Record<'clipL' | 'clipG' | 't5' | 't5Nfkc', () => Promise<PromptTokenizer>> = {
  clipL: () => loadClipTokenizer(path.join(model, 'tokenizer')),
  clipG: () => loadClipTokenizer(path.join(model, 'tokenizer_2')),
  t5: () => loadT5Tokenizer(path.join(model, 'tokenizer_3'), goldens.lengths.t5),
  t5Nfkc: () => loadT5Tokenizer(path.join(fixtures, 'goldens/sd3/tokenizer-t5-nfkc'), goldens.lengths.t5),
}

describe.each(Object.keys(loaders) as (keyof typeof loaders)[])('the %s tokenizer', (name) => {
  let tokenizer: PromptTokenizer
  beforeAll(async () => {
    tokenizer = await loaders[name]()
  })

  it.each(goldens.entries)('reads $text as transformers does', (entry) => {
    const { full, padded } = entry[name]
    const whole = tokenizer.encode(entry.text, Math.max(full.length, 2))
    expect(whole.ids.slice(0, full.length)).toEqual(full)
    expect(whole.cutAt).toBeNull()
    const cut = tokenizer.encode(entry.text)
    expect(cut.ids).toEqual(padded)
    expect(cut.count).toBe(full.length)
    expect(cut.cutAt === null).toBe(full.length <= padded.length)
  })
})
