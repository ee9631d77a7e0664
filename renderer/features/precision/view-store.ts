import { createStore, type StoreApi } from 'zustand/vanilla'

/** The panel's three pages: a model side by side, one number in every format, and training in mixed precision. */
export const pages = ['compare', 'numbers', 'training'] as const
export type Page = (typeof pages)[number]

export interface ViewState {
  readonly page: Page
}
export type ViewStore = StoreApi<ViewState>

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({ page: 'compare' }))
}
