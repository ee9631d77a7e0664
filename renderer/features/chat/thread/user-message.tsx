import { Copy, Ellipsis, PencilLine } from 'lucide-react'
import { memo } from 'react'
import { useStore } from 'zustand'
import type { UserMessage } from '../../../../contract/chat'
import { textOf } from '../../../../contract/chat-tree'
import { IconButton } from '../../../ui/button'
import { Tag } from '../../../ui/chip'
import { Menu } from '../../../ui/menu'
import { copyMessage, leaveOut, regenerate } from '../actions'
import { useChat } from '../context'
import { duplicateConversation } from '../conversation-actions'
import { PictureTile } from './picture-tile'
import { Siblings } from './siblings'
import styles from './user-message.module.css'

interface UserMessageViewProps {
  readonly message: UserMessage
  readonly place: number
  readonly count: number
  readonly isLast: boolean
}

/** What a person said: pictures with what became of them, then the words. */
export const UserMessageView = memo(function UserMessageView({ message, place, count, isLast }: UserMessageViewProps) {
  const feature = useChat()
  const isEdited = useStore(feature.composer.store, (state) => state.draft.editing === message.id)
  const pictures = message.parts.filter((part) => part.type === 'picture')
  const text = textOf(message)
  return (
    <article
      className={styles.message}
      data-message={message.id}
      data-left-out={message.leftOut || undefined}
      data-edited={isEdited || undefined}
      tabIndex={-1}
      aria-label="You"
    >
      <div className={styles.line}>
        <span className={styles.actions}>
          <IconButton label="Edit the message" onPress={() => feature.composer.edit(message)}>
            <PencilLine size={12} strokeWidth={2} />
          </IconButton>
          <IconButton label="Copy the message" onPress={() => void copyMessage(message)}>
            <Copy size={12} strokeWidth={2} />
          </IconButton>
          <Menu
            label="More for this message"
            actions={[
              {
                id: 'again',
                label: 'Answer it again',
                run: () => void regenerate(feature, message.id),
              },
              {
                id: 'out',
                label: message.leftOut ? 'Let the model read it again' : 'Leave it out of what is read',
                run: () => leaveOut(feature, [message.id], !message.leftOut),
              },
              {
                id: 'branch',
                label: 'New conversation from here',
                run: () => void duplicateConversation(feature, message.conversationId, message.id),
              },
            ]}
          >
            <IconButton label="More for this message">
              <Ellipsis size={12} strokeWidth={2} />
            </IconButton>
          </Menu>
        </span>
        <div className={styles.bubble}>
          {pictures.length === 0 ? null : (
            <div className={styles.pictures}>
              {pictures.map((part, index) => (
                <PictureTile
                  key={`${part.assetId}-${index}`}
                  picture={part}
                  number={pictures.length > 1 ? index + 1 : null}
                  sent={[part.seen, part.encoded]}
                />
              ))}
            </div>
          )}
          {text === '' ? null : <p className={styles.words}>{text}</p>}
        </div>
      </div>
      <footer className={styles.foot}>
        {message.leftOut ? <Tag>left out</Tag> : null}
        {message.asked === 'auto' ? null : <Tag>{message.asked}</Tag>}
        <Siblings message={message} place={place} count={count} />
        {isLast ? <LonelyNote message={message} /> : null}
      </footer>
    </article>
  )
})

/** A message that nobody answered, as an imported or cut off one. */
function LonelyNote({ message }: { readonly message: UserMessage }) {
  const feature = useChat()
  return (
    <button type="button" className={styles.lonely} onClick={() => void regenerate(feature, message.id)}>
      Not answered. Answer it
    </button>
  )
}
