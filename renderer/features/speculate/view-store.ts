import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Brush } from './model/brush'

/** What the pointer or the keyboard is on, in whichever view; the others light up the same. */
export interface Mark {
  readonly run: number
  readonly round: number
  /** Place among the round's emitted tokens, where one token is meant. */
  readonly place: number | null
  /** A drafted node, where one is meant. */
  readonly node: number | null
}

export type SideTab = 'overview' | 'time' | 'theory'
export type BenchTab = 'output' | 'rounds' | 'tree' | 'figures'
export type ShownOrigin = 'accepted' | 'corrected' | 'bonus'

export interface ViewState {
  /** The run whose text and rounds are shown. */
  readonly run: number
  /** The replay's clock in milliseconds. */
  readonly time: number
  readonly isPlaying: boolean
  readonly speed: number
  /** While a race runs, the clock stays at its newest round until it is moved by hand. */
  readonly isFollowing: boolean
  readonly mark: Mark | null
  /** Stands until it is taken away, where the pointer's mark goes with the pointer. */
  readonly pinned: Mark | null
  /** Rounds that were chosen in a chart. */
  readonly brush: Brush | null
  /** Where the card about the mark opens: the box of what stands for it, in window pixels. */
  readonly card: { readonly left: number; readonly top: number; readonly bottom: number } | null
  readonly origins: Readonly<Record<ShownOrigin, boolean>>
  readonly showsRefused: boolean
  /** The text without tints. */
  readonly isPlainText: boolean
  readonly sideTab: SideTab
  /** In a low or narrow window the text, the rounds and the tree share one place; in a narrow one the figures as well. */
  readonly benchTab: BenchTab
  readonly isRunsOpen: boolean
  /** The idea stands above the recorded example, in place of its rounds, tree and figures. */
  readonly isExplained: boolean
}

export type ViewStore = StoreApi<ViewState>

export const speeds = [0.1, 0.25, 1, 4] as const

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => ({
    run: 0,
    time: 0,
    isPlaying: false,
    speed: 1,
    isFollowing: true,
    mark: null,
    pinned: null,
    brush: null,
    card: null,
    origins: { accepted: true, corrected: true, bonus: true },
    showsRefused: false,
    isPlainText: false,
    sideTab: 'overview',
    benchTab: 'output',
    isRunsOpen: false,
    isExplained: true,
  }))
}

/** Sets the mark, without waking anyone where it is the same. */
export function setMark(view: ViewStore, mark: Mark | null): void {
  const old = view.getState().mark
  if (old === mark) return
  if (
    old !== null &&
    mark !== null &&
    old.run === mark.run &&
    old.round === mark.round &&
    old.place === mark.place &&
    old.node === mark.node
  )
    return
  view.setState({ mark })
}
