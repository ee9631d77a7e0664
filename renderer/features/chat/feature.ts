import type { ConversationId } from '../../../contract/ids'
import type { Studio } from '../../studio/studio'
import { createComposer, type Composer } from './composer/composer-store'
import { createDrafts, type Drafts } from './drafts'
import { createEstimates, type Estimates } from './estimates'
import { createConversationList, type ConversationList } from './list/conversation-list'
import { createOpenConversation, type OpenConversation } from './open-conversation'
import { createSettingsKeeper, type SettingsKeeper } from './settings-keeper'
import { createChatViewStore, type ChatViewStore } from './view-store'

/** The Chat panel's stores, which live on while another panel is open. */
export interface ChatFeature {
  readonly studio: Studio
  readonly view: ChatViewStore
  readonly list: ConversationList
  readonly open: OpenConversation
  readonly composer: Composer
  readonly drafts: Drafts
  readonly settings: SettingsKeeper
  readonly estimates: Estimates
}

function createChatFeature(studio: Studio): ChatFeature {
  const report: Studio['report'] = (doing, error) => studio.report(doing, error)
  const view = createChatViewStore()
  const drafts = createDrafts(studio.client, report)
  const open = createOpenConversation(studio.client, report)
  const composer = createComposer(drafts, report)
  const settings = createSettingsKeeper(studio, view, open)
  return {
    studio,
    view,
    list: createConversationList(studio.client, report),
    open,
    composer,
    drafts,
    settings,
    estimates: createEstimates({ studio, view, open, composer, settings }),
  }
}

const features = new WeakMap<Studio, ChatFeature>()

/** The studio's one Chat feature, made when the panel is opened for the first time. */
export function chatFeatureOf(studio: Studio): ChatFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made = createChatFeature(studio)
  features.set(studio, made)
  return made
}

const lastKey = 'atelier.chat.last'

/** Shows a conversation, or the empty page of a new one, with what was typed there before. */
export function showConversation(feature: ChatFeature, conversationId: ConversationId | null): void {
  feature.open.open(conversationId)
  void feature.composer.open(conversationId)
  feature.composer.focus()
  if (conversationId === null) sessionStorage.removeItem(lastKey)
  else sessionStorage.setItem(lastKey, conversationId)
}

/** The conversation that was open before the page was loaded again; null where there was none. */
export function lastConversation(): ConversationId | null {
  return sessionStorage.getItem(lastKey) as ConversationId | null
}
