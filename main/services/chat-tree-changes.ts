// What changes where in a conversation's tree. Nothing here ever takes a message away.

import type { Conversation, ConversationDetail, Message } from '../../contract/chat'
import { pathTo } from '../../contract/chat-tree'
import type { MessageId } from '../../contract/ids'

/** Messages to be filed, new ones and changed ones, and the conversation if its root changed. */
export interface TreeChange {
  readonly conversation: Conversation
  readonly messages: readonly Message[]
}

/** Hangs a chain of new messages below `parentId` (null: at the top) and shows it. The chain's own links are set here. */
export function withChain(
  { conversation, messages }: ConversationDetail,
  parentId: MessageId | null,
  chain: readonly Message[],
): TreeChange {
  const linked = chain.map((message, index): Message => ({
    ...message,
    parentId: index === 0 ? parentId : (chain[index - 1]?.id ?? null),
    activeChildId: chain[index + 1]?.id ?? null,
  }))
  const [first] = linked
  if (first === undefined) return { conversation, messages: [] }
  const shown = showing({ conversation, messages }, parentId, first.id)
  return { conversation: shown.conversation, messages: [...shown.messages, ...linked] }
}

/** Shows the branch that a message is on: each message on the way to it becomes its parent's active child. */
export function withChosen(detail: ConversationDetail, messageId: MessageId): TreeChange {
  const path = pathTo(detail.messages, messageId)
  const [root] = path
  const changed = path.flatMap((message, index) => {
    const child = path[index + 1]
    return child === undefined || message.activeChildId === child.id ? [] : [{ ...message, activeChildId: child.id }]
  })
  return {
    conversation: root === undefined ? detail.conversation : { ...detail.conversation, activeRootId: root.id },
    messages: changed,
  }
}

/** Makes `childId` the one that is shown below `parentId`, and that parent's own branch the one that is shown. */
function showing(
  { conversation, messages }: ConversationDetail,
  parentId: MessageId | null,
  childId: MessageId,
): TreeChange {
  if (parentId === null) return { conversation: { ...conversation, activeRootId: childId }, messages: [] }
  const chosen = withChosen({ conversation, messages }, parentId)
  const parent = chosen.messages.find(({ id }) => id === parentId) ?? messages.find(({ id }) => id === parentId)
  if (parent === undefined) return chosen
  const others = chosen.messages.filter(({ id }) => id !== parentId)
  return { conversation: chosen.conversation, messages: [...others, { ...parent, activeChildId: childId }] }
}

/**
 * The same tree under new ids, for a copy or an import.
 * @param newId called once for each message
 */
export function withNewIds(
  { conversation, messages }: ConversationDetail,
  conversationId: Conversation['id'],
  newId: () => MessageId,
): ConversationDetail {
  const ids = new Map(messages.map(({ id }) => [id, newId()]))
  const renamed = (id: MessageId | null): MessageId | null => (id === null ? null : (ids.get(id) ?? null))
  return {
    conversation: { ...conversation, id: conversationId, activeRootId: renamed(conversation.activeRootId) },
    messages: messages.map((message) => ({
      ...message,
      id: ids.get(message.id) ?? message.id,
      conversationId,
      parentId: renamed(message.parentId),
      activeChildId: renamed(message.activeChildId),
    })),
  }
}
