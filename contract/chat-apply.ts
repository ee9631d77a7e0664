import type { ConversationDetail, Message, MessagePart } from './chat'
import type { ChatEvent } from './chat-events'

/**
 * A conversation after one event of `chat.follow`. What did not change stays the same object, so that a window draws only what did.
 * An event about a message that is not there changes nothing.
 */
export function applyChatEvent(detail: ConversationDetail | null, event: ChatEvent): ConversationDetail | null {
  switch (event.type) {
    case 'snapshot':
      return { conversation: event.conversation, messages: event.messages }
    case 'conversation':
      return detail === null ? null : { ...detail, conversation: event.conversation }
    case 'message':
      return detail === null ? null : { ...detail, messages: withMessage(detail.messages, event.message) }
    case 'piece':
      return withPart(detail, event, (part) => {
        if (part.type === 'text') return { ...part, text: part.text + event.text }
        return part.type === 'think' ? { ...part, text: part.text + event.text, tokens: event.tokens } : part
      })
    case 'step':
      return withPart(detail, event, (part) => {
        if (part.type !== 'drawn') return part
        const { frame, step } = event
        return frame === null
          ? { ...part, step }
          : { ...part, step, assetId: frame.assetId, thumbnailId: frame.assetId, frames: [...part.frames, frame] }
      })
    case 'phase':
      return detail
  }
}

function withMessage(messages: readonly Message[], message: Message): Message[] {
  return messages.some(({ id }) => id === message.id)
    ? messages.map((known) => (known.id === message.id ? message : known))
    : [...messages, message]
}

function withPart(
  detail: ConversationDetail | null,
  { messageId, part: place }: { messageId: string; part: number },
  change: (part: MessagePart) => MessagePart,
): ConversationDetail | null {
  if (detail === null) return null
  const messages = detail.messages.map((message) =>
    message.id === messageId
      ? { ...message, parts: message.parts.map((part, index) => (index === place ? change(part) : part)) }
      : message,
  )
  return { ...detail, messages }
}
