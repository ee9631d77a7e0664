import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../contract/errors'

export interface LoggedError {
  readonly id: number
  readonly at: number
  /** What was being done, in words. */
  readonly doing: string
  readonly failure: Failure
}

export interface ErrorsState {
  readonly errors: readonly LoggedError[]
  report(doing: string, failure: Failure): void
  clear(): void
}

export type ErrorsStore = StoreApi<ErrorsState>

const most = 100

/** What went wrong since the page opened, for the count in the status bar. */
export function createErrorsStore(): ErrorsStore {
  let nextId = 1
  return createStore<ErrorsState>((set) => ({
    errors: [],
    report(doing, failure) {
      set((state) => ({
        errors: [{ id: nextId++, at: Date.now(), doing, failure }, ...state.errors].slice(0, most),
      }))
    },
    clear() {
      set({ errors: [] })
    },
  }))
}
