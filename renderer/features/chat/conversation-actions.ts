import type { ConversationSummary } from '../../../contract/chat'
import type { ConversationId, MessageId } from '../../../contract/ids'
import { plural } from '../../ui/format'
import { showToast } from '../../ui/toaster'
import { attempt, tell } from './actions'
import { showConversation, type ChatFeature } from './feature'

/** What can be done with conversations as a whole. The list follows by itself. */

export function newConversation(feature: ChatFeature): void {
  showConversation(feature, null)
}

interface ConversationPatch {
  readonly title?: string
  readonly folder?: string | null
  readonly pinned?: boolean
  readonly temporary?: boolean
}

export function changeConversation(
  feature: ChatFeature,
  conversationId: ConversationId,
  patch: ConversationPatch,
): Promise<boolean> {
  return attempt(feature, 'Changing a conversation', () =>
    feature.studio.client.chat.update({ conversationId, ...patch }),
  )
}

export async function duplicateConversation(
  feature: ChatFeature,
  conversationId: ConversationId,
  upTo?: MessageId,
): Promise<void> {
  const { client } = feature.studio
  await attempt(feature, 'Duplicating a conversation', async () => {
    const copy = await client.chat.duplicate({ conversationId, ...(upTo === undefined ? {} : { upTo }) })
    showConversation(feature, copy.id)
    showToast({ tone: 'ok', text: 'Duplicated', detail: copy.title })
  })
}

/** Takes conversations off the list, and offers the way back for as long as the toast stands. */
export function removeConversations(feature: ChatFeature, conversations: readonly ConversationSummary[]): void {
  const { list, open, studio } = feature
  const ids = conversations.map(({ id }) => id)
  const shown = open.store.getState().conversationId
  const wasShown = shown !== null && ids.includes(shown)
  const putBack = list.remove(ids)
  if (wasShown) showConversation(feature, null)
  const what =
    conversations.length === 1 ? 'Conversation in the bin' : `${plural(ids.length, 'conversation')} in the bin`
  const entry = {
    what,
    undo() {
      putBack()
      if (wasShown) showConversation(feature, shown)
    },
  }
  studio.undo.push(entry)
  showToast({
    text: what,
    detail: 'for 30 days',
    action: { label: 'Undo', keys: '$mod+z', run: () => studio.undo.undo(entry) },
  })
}

export async function exportConversation(
  feature: ChatFeature,
  conversationId: ConversationId,
  format: 'markdown' | 'json',
): Promise<void> {
  await attempt(feature, 'Exporting a conversation', async () => {
    const { file } = await feature.studio.client.chat.export({ conversationId, format })
    saveFile(file)
    showToast({ tone: 'ok', text: 'Exported', detail: file.name })
  })
}

export async function importConversation(feature: ChatFeature, file: File): Promise<void> {
  try {
    const conversation = await feature.studio.client.chat.import({ file })
    showConversation(feature, conversation.id)
    showToast({ tone: 'ok', text: 'Imported', detail: conversation.title })
  } catch (error) {
    tell(feature.studio.report(`Importing ${file.name}`, error))
  }
}

/** Whether a file is an exported conversation by its name, rather than a picture to attach. */
export function isExported({ name, type }: File): boolean {
  return /\.(json|zip)$/i.test(name) || type === 'application/json' || type === 'application/zip'
}

/** Hands a file to the browser, or to the desktop's save dialog. */
function saveFile(file: File): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = file.name
  link.click()
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
