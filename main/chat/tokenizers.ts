import { stat } from 'node:fs/promises'
import path from 'node:path'
import { TextTokenizer } from '../text/text-tokenizer'
import type { BagelFolder } from './folder'

/** The last tokenizer that was read: a large vocabulary takes a second, and a composer asks with every word. */
let last: { readonly key: string; readonly tokenizer: Promise<TextTokenizer> } | null = null

/** A folder's tokenizer, read again where its file has changed. @throws StudioError MODEL_BROKEN */
export async function tokenizerOf({ path: folder, name }: BagelFolder): Promise<TextTokenizer> {
  const file = await stat(path.join(folder, 'tokenizer.json')).catch(() => null)
  const key = JSON.stringify([folder, file?.size, file?.mtimeMs])
  if (last?.key !== key) last = { key, tokenizer: TextTokenizer.load(folder, name) }
  const { tokenizer } = last
  tokenizer.catch(() => {
    if (last?.tokenizer === tokenizer) last = null
  })
  return tokenizer
}
