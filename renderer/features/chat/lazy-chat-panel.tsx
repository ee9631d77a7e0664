import { lazy, Suspense } from 'react'
import type { ChatExits } from './context'

const Panel = lazy(() => import('./chat-panel').then((loaded) => ({ default: loaded.ChatPanel })))

/** The panel, read from its own file when it is opened for the first time. */
export function LazyChatPanel({ exits }: { readonly exits: ChatExits }) {
  return (
    <Suspense fallback={null}>
      <Panel exits={exits} />
    </Suspense>
  )
}
