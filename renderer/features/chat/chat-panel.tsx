import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../studio/context'
import { sheetQuery } from '../../studio/layout-store'
import { Dialog } from '../../ui/dialog'
import { useMediaQuery } from '../../ui/hooks'
import { ThreadBar } from './bar/thread-bar'
import styles from './chat-panel.module.css'
import { Composer } from './composer/composer'
import { GalleryDialog } from './composer/gallery-dialog'
import { ChatContext, useChat, type ChatExits } from './context'
import { DropLayer } from './drop-layer'
import { chatFeatureOf, lastConversation, showConversation } from './feature'
import { useChatKeys } from './keys'
import { ListColumn } from './list/list-column'
import { useAnnouncedAnswer } from './thread/announce-answer'
import { PictureLook } from './thread/picture-look'
import { Thread } from './thread/thread'
import { SideColumn } from './side/side-column'
import { useParcel } from './use-parcel'
import { useTakenPaste } from './use-taken-paste'

/** Conversations on the left, the one that is open in the middle, what is known about it on the right. */
export function ChatPanel({ exits }: { readonly exits: ChatExits }) {
  const feature = chatFeatureOf(useStudio())
  const whole = useMemo(
    () => ({ feature, exits }),
    // The exits are made anew with each drawing of the shell, and do the same each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [feature],
  )
  return (
    <ChatContext.Provider value={whole}>
      <Columns />
    </ChatContext.Provider>
  )
}

function Columns() {
  const feature = useChat()
  const isNarrow = useMediaQuery(sheetQuery)
  const isSideOpen = useStore(feature.view, (state) => state.isSideOpen)
  const closeSide = () => feature.view.setState({ isSideOpen: false })
  useLifeOfPanel()
  useChatKeys(feature)
  useTakenPaste(feature)
  useParcel(feature)
  useAnnouncedAnswer(feature)
  return (
    <div className={styles.columns} data-side={(isSideOpen && !isNarrow) || undefined}>
      <aside className={styles.list} aria-label="Conversations" data-region="conversations">
        <ListColumn />
      </aside>
      <section className={styles.main} aria-label="Conversation" data-region="conversation">
        <ThreadBar />
        <Thread />
        <Composer />
      </section>
      {isNarrow ? (
        <Dialog title="Conversation" kind="sheet" isOpen={isSideOpen} onClose={closeSide}>
          <SideColumn />
        </Dialog>
      ) : isSideOpen ? (
        <aside className={styles.side} aria-label="Settings and branches" data-region="side">
          <SideColumn onClose={closeSide} />
        </aside>
      ) : null}
      <DropLayer />
      <GalleryDialog />
      <PictureLook />
    </div>
  )
}

/** Follows what the core does for as long as the panel is open, and brings back what was open before a reload. */
function useLifeOfPanel(): void {
  const feature = useChat()
  const generation = useStore(feature.studio.connection, (state) => state.generation)
  useEffect(() => {
    const abort = new AbortController()
    void feature.list.reload()
    void feature.list.watch(abort.signal)
    feature.open.restart()
    return () => abort.abort()
  }, [feature, generation])
  useEffect(() => {
    const { conversationId } = feature.open.store.getState()
    if (conversationId === null) showConversation(feature, lastConversation())
    return feature.estimates.start()
  }, [feature])
  useEffect(() => {
    const flush = () => void feature.drafts.flush()
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
      void feature.settings.flush()
    }
  }, [feature])
}
