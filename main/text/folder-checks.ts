// What every layout of a language model's folder must have, and the words for what is missing.

import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { StudioError } from '../../contract/errors'
import { readGraphOutline, type GraphOutline } from '../runtime/graph-outline'
import { readChatTemplate } from './chat-template'

/** What is wrong with a folder, and what to do. */
export interface FolderProblem {
  readonly message: string
  readonly remedy: string
}

/** Does a piece of reading; what it finds broken becomes a problem, and undefined comes back. */
async function noting<T>(problems: FolderProblem[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    problems.push({ message: error.message, remedy: error.data.remedy ?? 'Download the model again.' })
    return undefined
  }
}

/** Outlines of all graphs that can be read; the others become problems. */
export async function readOutlines(files: readonly string[], problems: FolderProblem[]): Promise<GraphOutline[]> {
  const outlines = await Promise.all(files.map((file) => noting(problems, () => readGraphOutline(file))))
  return outlines.filter((outline) => outline !== undefined)
}

/** Files of graphs and weights, each once, and their size: graphs of one precision share weights. */
export function weightFiles(outlines: readonly GraphOutline[]): { files: string[]; bytes: number } {
  const files = [...new Set(outlines.flatMap(({ paths }) => paths))]
  return { files, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) }
}

/** Sees that the tokenizer is there and whether a chat template is. */
export async function checkTextFiles(folder: string, problems: FolderProblem[]): Promise<{ hasChatTemplate: boolean }> {
  if (!existsSync(path.join(folder, 'tokenizer.json'))) problems.push(missingFile(folder, 'tokenizer.json'))
  const template = await noting(problems, () => readChatTemplate(folder))
  return { hasChatTemplate: template !== undefined && template !== null }
}

export function missingFile(folder: string, name: string): FolderProblem {
  const where = path.basename(folder)
  return { message: `${where} has no ${name}`, remedy: `Download or copy ${name} of this model into ${where}.` }
}
