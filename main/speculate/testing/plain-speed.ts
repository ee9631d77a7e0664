// Plain decoding's speed, for scripts/bench-llama.mjs.

import { Residency } from '../../runtime/residency'
import { readLanguageFolder } from '../../text/language-folder'
import { promptIds } from '../../text/prompt-ids'
import { openParts } from '../open-parts'
import { runStrategy } from './run-strategy'

export interface PlainSpeed {
  /** Ids of a prompt, in the model's chat template. */
  promptOf(text: string): number[]
  /** Greedy; the time is that of decoding alone. */
  run(prompt: readonly number[], maxTokens: number): Promise<{ tokens: readonly number[]; milliseconds: number }>
}

export async function openPlainSpeed(
  path: string,
  precision: string | undefined,
  threads: number,
): Promise<PlainSpeed> {
  const folder = await readLanguageFolder(path)
  const parts = await openParts({ modelId: 'speed', folder, precision, provider: 'cpu', threads }, new Residency())
  return {
    promptOf: (text) => promptIds(parts.model, { prompt: text, raw: false, maxTokens: 1 }),
    async run(prompt, maxTokens) {
      const options = { maxTokens, fewestRows: 1, endTokens: new Set<number>() }
      const { decoded } = await runStrategy(parts, { name: 'plain' }, prompt, options)
      return decoded
    },
  }
}
