import type { PromptTokens } from '../../contract/images'
import { loadClipTokenizer } from '../text/clip-tokenizer'
import type { PromptTokenizer } from '../text/prompt-tokenizer'
import { loadT5Tokenizer } from '../text/t5-tokenizer'
import type { EncoderFacts, Sd3Folder } from './folder'

/** Vocabularies are megabytes of JSON: the ones in use stay. Three for each of two models. */
const MOST_LOADED = 6
const loaded = new Map<string, Promise<PromptTokenizer>>()

/**
 * The tokenizer of one encoder, read once.
 * @throws StudioError MODEL_BROKEN naming the file
 */
export async function tokenizerOf(encoder: EncoderFacts): Promise<PromptTokenizer> {
  const key = [encoder.name, encoder.maxTokens, encoder.tokenizer].join(' ')
  const known = loaded.get(key)
  if (known !== undefined) return known
  const loading = load(encoder)
  loaded.set(key, loading)
  // A failure is not kept: the file may be there the next time.
  loading.catch(() => loaded.delete(key))
  for (const oldest of loaded.keys()) {
    if (loaded.size <= MOST_LOADED) break
    loaded.delete(oldest)
  }
  return loading
}

/** How each encoder of a model reads a prompt. */
export async function countPromptTokens(folder: Sd3Folder, prompt: string): Promise<PromptTokens[]> {
  return Promise.all(
    folder.encoders.map(async (encoder) => {
      const { count, cutAt } = (await tokenizerOf(encoder)).encode(prompt, encoder.maxTokens)
      return { encoder: encoder.name, count, maxTokens: encoder.maxTokens, cutAt }
    }),
  )
}

function load({ name, tokenizer, maxTokens }: EncoderFacts): Promise<PromptTokenizer> {
  switch (name) {
    case 'CLIP-L':
      return loadClipTokenizer(tokenizer)
    case 'CLIP-G':
      return loadClipTokenizer(tokenizer, '!')
    case 'T5':
      return loadT5Tokenizer(tokenizer, maxTokens)
  }
}
