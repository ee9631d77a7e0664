// Precisions that a person made of a model and kept: files in the data folder, never beside the model's own.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { savedVariantSchema, type SavedVariant } from '../../contract/precision'
import { bagelChatFacts } from '../chat/facts'
import { withPrecision, type BagelFolder } from '../chat/folder'
import { detectorFacts } from '../detect/facts'
import type { DetectorFolder } from '../detect/folder'
import { textChatFacts } from '../text/chat-facts'
import { languageModelFacts } from '../text/language-facts'
import type { LanguageFolder } from '../text/language-folder'
import type { LibraryEntry } from './recognise'

/** The file in a variant's folder that says what it is. */
export const variantNote = 'variant.json'
/** The graph of a variant that is a precision of its model. */
export const variantGraph = 'model.onnx'

/** Folders below the data folder: graphs that become precisions of a model, whole models, and those that were taken out. */
export function variantFolders(data: string): { graphs: string; models: string; removed: string } {
  const [graphs, models, removed] = ['graphs', 'models', 'removed'].map((name) => join(data, 'variants', name))
  return { graphs: graphs!, models: models!, removed: removed! }
}

/** Where a variant's files are while it is in the library. */
export function variantFolder(data: string, { id, modelId, listedAs }: SavedVariant): string {
  const { graphs, models } = variantFolders(data)
  return join(listedAs === modelId ? graphs : models, id)
}

/** All saved variants, the newest first. A folder whose note cannot be read is left out. */
export function savedVariants(data: string): SavedVariant[] {
  const { graphs, models } = variantFolders(data)
  return variantsIn([graphs, models])
}

/** Variants that were taken out of the library and can be brought back, the newest first. */
export function removedVariants(data: string): SavedVariant[] {
  return variantsIn([variantFolders(data).removed])
}

function variantsIn(folders: readonly string[]): SavedVariant[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, variantNote)))
    .filter((note) => existsSync(note))
    .flatMap((note) => {
      const parsed = savedVariantSchema.safeParse(JSON.parse(readFileSync(note, 'utf8')))
      return parsed.success ? [parsed.data] : []
    })
    .sort((a, b) => b.createdAt - a.createdAt)
}

/** Where a variant of a model of several graphs has one of them. */
export function variantGraphOf(folder: string, role: string): string {
  return join(folder, role, variantGraph)
}

/** A model with its saved precisions among its own. Of those that only draw, variants are models of their own. */
export function withSavedPrecisions(entry: LibraryEntry, data: string): LibraryEntry {
  const { language, detector, bagel, model } = entry
  const known = language?.precisions ?? detector?.precisions ?? bagel?.precisions
  if (known === undefined) return entry
  // A saved precision never hides one of the model's own.
  const saved = savedVariants(data).filter(
    ({ modelId, listedAs, name }) => modelId === model.id && listedAs === modelId && known[name] === undefined,
  )
  if (saved.length === 0) return entry
  if (bagel !== undefined) {
    return withConversation(
      entry,
      bagel,
      saved.map((one) => [one.name, variantFolder(data, one)]),
    )
  }
  const paths = saved.map((one) => [one.name, join(variantFolder(data, one), variantGraph)] as const)
  if (language !== undefined) return withLanguage(entry, language, paths)
  return detector === undefined ? entry : withDetector(entry, detector, paths)
}

type NamedPaths = readonly (readonly [string, string])[]

function withLanguage(entry: LibraryEntry, own: LanguageFolder, paths: NamedPaths): LibraryEntry {
  const saved = Object.fromEntries(paths.map(([name, target]) => [name, { target }]))
  const language = { ...own, precisions: { ...own.precisions, ...saved } }
  const facts = { language: languageModelFacts(language), chat: textChatFacts(language) }
  return { ...entry, language, model: { ...entry.model, ...facts } }
}

/** Graphs that a variant does not have are those of the model's default precision. @param folders of variants by name */
function withConversation(entry: LibraryEntry, own: BagelFolder, folders: NamedPaths): LibraryEntry {
  if (own.precisions[own.defaultPrecision] === undefined) return entry
  const bagel = folders.reduce((so, [name, folder]) => {
    const roles = readdirSync(folder).filter((role) => existsSync(variantGraphOf(folder, role)))
    return withPrecision(so, name, Object.fromEntries(roles.map((role) => [role, variantGraphOf(folder, role)])))
  }, own)
  return { ...entry, bagel, model: { ...entry.model, chat: bagelChatFacts(bagel) } }
}

/** A saved precision has no two stages apart: what lies between them can be looked at in the model's own precisions. */
function withDetector(entry: LibraryEntry, own: DetectorFolder, paths: NamedPaths): LibraryEntry {
  if (own.spec === null) return entry
  const saved = Object.fromEntries(paths.map(([name, detect]) => [name, { detect }]))
  const detector = { ...own, precisions: { ...own.precisions, ...saved } }
  return { ...entry, detector, model: { ...entry.model, detector: detectorFacts(detector, own.spec) } }
}
