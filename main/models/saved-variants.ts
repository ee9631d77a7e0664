// Precisions that a person made of a model and kept: files in the data folder, never beside the model's own.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { savedVariantSchema, type SavedVariant } from '../../contract/precision'
import { textChatFacts } from '../text/chat-facts'
import { languageModelFacts } from '../text/language-facts'
import type { LibraryEntry } from './recognise'

/** The file in a variant's folder that says what it is. */
export const variantNote = 'variant.json'
/** The graph of a language model's variant. */
export const variantGraph = 'model.onnx'

/** Folders below the data folder: graphs that become precisions of a model, and whole models. */
export function variantFolders(data: string): { graphs: string; models: string } {
  return { graphs: join(data, 'variants', 'graphs'), models: join(data, 'variants', 'models') }
}

/** All saved variants, the newest first. A folder whose note cannot be read is left out. */
export function savedVariants(data: string): SavedVariant[] {
  return Object.values(variantFolders(data))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, variantNote)))
    .filter((note) => existsSync(note))
    .flatMap((note) => {
      const parsed = savedVariantSchema.safeParse(JSON.parse(readFileSync(note, 'utf8')))
      return parsed.success ? [parsed.data] : []
    })
    .sort((a, b) => b.createdAt - a.createdAt)
}

/** A language model with its saved precisions among its own; other models as they are. */
export function withSavedPrecisions(entry: LibraryEntry, data: string): LibraryEntry {
  const { language, model } = entry
  if (language === undefined) return entry
  const { graphs } = variantFolders(data)
  const own = savedVariants(data).filter(({ modelId, listedAs }) => modelId === model.id && listedAs === modelId)
  if (own.length === 0) return entry
  // A saved precision never hides one of the model's own.
  const saved = own.filter(({ name }) => language.precisions[name] === undefined)
  const precisions = {
    ...language.precisions,
    ...Object.fromEntries(saved.map(({ id, name }) => [name, { target: join(graphs, id, variantGraph) }])),
  }
  const folder = { ...language, precisions }
  return {
    ...entry,
    language: folder,
    model: { ...model, language: languageModelFacts(folder), chat: textChatFacts(folder) },
  }
}
