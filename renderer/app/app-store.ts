import { createStore, type StoreApi } from 'zustand/vanilla'

export interface AppState {
  readonly panel: string
  readonly isPaletteOpen: boolean
  readonly isShortcutsOpen: boolean
  readonly isErrorsOpen: boolean
}

export type AppStore = StoreApi<AppState>

/** The panel stands in the address, so that a reload comes back to it. */
export function createAppStore(panels: readonly string[], first: string): AppStore {
  const asked = window.location.hash.replace(/^#\/?/, '')
  return createStore<AppState>(() => ({
    panel: panels.includes(asked) ? asked : first,
    isPaletteOpen: false,
    isShortcutsOpen: false,
    isErrorsOpen: false,
  }))
}

export function showPanel(app: AppStore, panel: string): void {
  app.setState({ panel })
  window.history.replaceState(window.history.state, '', `#/${panel}`)
}
