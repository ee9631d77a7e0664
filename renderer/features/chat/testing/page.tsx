import '../../../ui/tokens.css'
import '../../../ui/base.css'
import '../../../ui/shared.module.css'
import { createRoot } from 'react-dom/client'
import type { ConversationId } from '../../../../contract/ids'
import { StudioContext } from '../../../studio/context'
import { LiveRegion } from '../../../ui/live-region'
import { Toaster } from '../../../ui/toaster'
import { ChatPanel } from '../chat-panel'
import { chatFeatureOf, showConversation } from '../feature'
import type { SideTab } from '../view-store'
import { deskConversation, longConversation } from './desk-conversation'
import { createFakeChat } from './fake-chat'

// The panel over a fake core, to look at and to measure: ?open=desk&side=branches&others=40&turns=300&rate=500&light

const query = new URLSearchParams(window.location.search)
const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise)
const now = Date.now()
if (query.has('light')) document.documentElement.dataset['theme'] = 'light'
localStorage.clear()
sessionStorage.clear()
const fake = createFakeChat({
  details: [deskConversation(now), longConversation(number('turns', 3), now - 4_000_000)],
  others: number('others', 12),
  hasModel: !query.has('nomodel'),
  isTextOnly: query.has('text'),
  rate: number('rate', 30),
  secondsPerStep: number('step', 0.1),
  ...(query.has('words') ? { answer: 'One more **word** after the other. '.repeat(number('words', 100)) } : {}),
})
fake.studio.start()
const feature = chatFeatureOf(fake.studio)
const side = query.get('side') as SideTab | null
if (side !== null) feature.view.setState({ isSideOpen: true, sideTab: side })
const open = query.get('open') as ConversationId | null
if (open !== null) showConversation(feature, open)
Object.assign(window, { feature, fake })
createRoot(document.getElementById('root')!).render(
  <StudioContext.Provider value={fake.studio}>
    {/* The room that the shell leaves: rail, title bar and status bar taken off. */}
    <main style={{ height: '100%', padding: '40px 0 28px 56px' }}>
      <h1 className="visually-hidden">Chat</h1>
      <ChatPanel exits={{ showImage() {}, startFrom() {}, showSettings() {} }} />
    </main>
    <Toaster />
    <LiveRegion />
  </StudioContext.Provider>,
)
