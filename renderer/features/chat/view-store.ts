import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'
import type { ChatSettings } from '../../../contract/chat-settings'
import type { ModelId } from '../../../contract/ids'

export type SideTab = 'branches' | 'settings' | 'stats'

export interface ChatViewState {
  readonly isSideOpen: boolean
  readonly sideTab: SideTab
  /** What a conversation that is not there yet will begin with. */
  readonly newModelId: ModelId | null
  readonly newSettings: ChatSettings
  readonly isTemporary: boolean
  readonly isGalleryOpen: boolean
  /** Rises each time the search field is asked for. */
  readonly searchTurn: number
}

/** What stands open, and what the next new conversation starts with. */
export function createChatViewStore() {
  return createStore<ChatViewState>()(
    persist(
      (): ChatViewState => ({
        isSideOpen: false,
        sideTab: 'settings',
        newModelId: null,
        newSettings: {},
        isTemporary: false,
        isGalleryOpen: false,
        searchTurn: 0,
      }),
      {
        name: 'atelier.chat',
        version: 1,
        partialize: ({ isSideOpen, sideTab, newModelId, newSettings }) => ({
          isSideOpen,
          sideTab,
          newModelId,
          newSettings,
        }),
      },
    ),
  )
}

export type ChatViewStore = ReturnType<typeof createChatViewStore>
