import type { Conversation, ConversationDetail, Message } from './chat'
import type { MessageId } from './ids'

// How a conversation's branches are walked. Messages are in the order in which they came, so siblings are too.

type Tree = Pick<ConversationDetail, 'messages'> & { readonly conversation: Pick<Conversation, 'activeRootId'> }

/** Messages that follow `parentId`, the first one said first; those at the top for null. */
export function childrenOf(messages: readonly Message[], parentId: MessageId | null): Message[] {
  return messages.filter((message) => message.parentId === parentId)
}

/** A message and those said in its place: itself alone where it was never edited or asked for again. */
export function siblingsOf(messages: readonly Message[], message: Pick<Message, 'parentId'>): Message[] {
  return childrenOf(messages, message.parentId)
}

/** From the root to a message, both included. Empty where it is not there. */
export function pathTo(messages: readonly Message[], messageId: MessageId | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const path: Message[] = []
  let message = messageId === null ? undefined : byId.get(messageId)
  while (message !== undefined && path.length <= messages.length) {
    path.push(message)
    message = message.parentId === null ? undefined : byId.get(message.parentId)
  }
  return path.reverse()
}

/** The branch that is shown: from the active root down along the active children. */
export function activePath({ conversation, messages }: Tree): Message[] {
  return branchFrom(messages, conversation.activeRootId)
}

/** From a message down along the active children, itself included. */
export function branchFrom(messages: readonly Message[], messageId: MessageId | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const path: Message[] = []
  let message = messageId === null ? undefined : byId.get(messageId)
  while (message !== undefined && path.length < messages.length) {
    path.push(message)
    message = message.activeChildId === null ? undefined : byId.get(message.activeChildId)
  }
  return path
}

/** The last message shown, after which the next one comes; null in an empty conversation. */
export function activeLeaf(tree: Tree): Message | null {
  return activePath(tree).at(-1) ?? null
}

/** The text of a message as it is searched, copied and given to a text-only model: pictures and thinking left out. */
export function textOf({ parts }: Pick<Message, 'parts'>): string {
  return parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n\n')
    .trim()
}
