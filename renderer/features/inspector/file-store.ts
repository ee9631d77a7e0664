import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { Inspection, InspectionSource } from '../../../contract/inspection'
import type { ModelGraph } from './model/model-graph'

/** A file that is read: what it holds, and its parts by what they belong to. */
export interface OpenFile {
  readonly inspection: Inspection
  readonly graph: ModelGraph
}

/** What stands in the panel. */
export type FilePhase =
  | { readonly kind: 'empty' }
  /** `sent` where a file is on its way to the core, in bytes. */
  | { readonly kind: 'opening'; readonly name: string; readonly sent: number | null }
  | {
      readonly kind: 'failed'
      readonly name: string
      readonly failure: Failure
      /** To try it again; null where it cannot be named again. */
      readonly source: InspectionSource | null
    }
  | { readonly kind: 'open'; readonly file: OpenFile }

export interface FileState {
  readonly phase: FilePhase
  /** Names of files that were opened by path, the last one first. */
  readonly recent: readonly string[]
}

export type FileStore = StoreApi<FileState>

const recentKey = 'atelier.inspector.recent'
const mostRecent = 6

export function createFileStore(): FileStore {
  return createStore<FileState>(() => ({ phase: { kind: 'empty' }, recent: storedRecent() }))
}

export function rememberPath(store: FileStore, path: string): void {
  const recent = [path, ...store.getState().recent.filter((one) => one !== path)].slice(0, mostRecent)
  store.setState({ recent })
  localStorage.setItem(recentKey, JSON.stringify(recent))
}

function storedRecent(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(recentKey) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, mostRecent) : []
  } catch {
    return []
  }
}

/** The file that is open; null where none is. */
export function openFileOf({ phase }: FileState): OpenFile | null {
  return phase.kind === 'open' ? phase.file : null
}
