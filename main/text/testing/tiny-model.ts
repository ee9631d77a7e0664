import path from 'node:path'
import { Residency } from '../../runtime/residency'
import { readLanguageFolder } from '../language-folder'
import type { LanguageModel } from '../language-model'
import { openLanguageModel } from '../open-language-model'

export const tinyFolder = path.resolve('test-fixtures/models/tiny-causal-lm')
export const tinyStandardFolder = path.resolve('test-fixtures/models/tiny-causal-lm-standard')

/** A fixture model of random weights on one CPU thread; release the sessions when done. */
export async function openTinyModel(
  precision?: string,
  folder = tinyFolder,
): Promise<{ model: LanguageModel; sessions: Residency }> {
  const sessions = new Residency()
  const model = await openLanguageModel({
    modelId: 'tiny',
    folder: await readLanguageFolder(folder),
    precision,
    provider: 'cpu',
    threads: 1,
    sessions,
  })
  return { model, sessions }
}
