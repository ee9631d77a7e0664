import { createStore, type StoreApi } from 'zustand/vanilla'

/** The panel's three pages: a model side by side, one number in every format, and training in mixed precision. */
export const pages = ['compare', 'numbers', 'training'] as const
export type Page = (typeof pages)[number]

/** How two pictures are looked at: beside each other, one wiped over the other, in turns, or their difference. */
export type PictureMode = 'side' | 'wipe' | 'blink' | 'difference'

export type SideTab = 'layers' | 'formats' | 'mix'

export interface ViewState {
  readonly page: Page
  readonly mode: PictureMode
  /** The column that is looked at, beside the reference. */
  readonly column: number
  /** The layer that is looked at; null where none was chosen. */
  readonly layer: number | null
  /** Of a detector: the picture that is shown, and the match that is pointed at; null where none is. */
  readonly picture: number
  readonly match: number | null
  /** Where the pointer is on every picture at once: shares of width and height. */
  readonly cursor: { readonly x: number; readonly y: number } | null
  /** How many times the difference is brightened; null brightens each to its own largest. */
  readonly gain: number | null
  readonly side: SideTab
  readonly isRunsOpen: boolean
}
export type ViewStore = StoreApi<ViewState>

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    page: 'compare',
    mode: 'side',
    column: 1,
    layer: null,
    picture: 0,
    match: null,
    cursor: null,
    gain: null,
    side: 'layers',
    isRunsOpen: false,
  }))
}
