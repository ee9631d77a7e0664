import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'

export type DetailsTab = 'details' | 'queue' | 'history'

export interface LayoutState {
  readonly isDetailsOpen: boolean
  readonly detailsTab: DetailsTab
  /** In a narrow window the details lie over the stage, and start closed. */
  readonly isSheetOpen: boolean
}

/** Which side columns stand open, the same for every panel. */
export function createLayoutStore() {
  return createStore<LayoutState>()(
    persist((): LayoutState => ({ isDetailsOpen: true, detailsTab: 'details', isSheetOpen: false }), {
      name: 'atelier.layout',
      version: 1,
      partialize: ({ isDetailsOpen, detailsTab }) => ({ isDetailsOpen, detailsTab }),
    }),
  )
}

export type LayoutStore = ReturnType<typeof createLayoutStore>

/** Below this width the details become a sheet. */
export const sheetQuery = '(max-width: 1099px)'
