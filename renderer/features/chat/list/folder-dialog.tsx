import { useId, useState } from 'react'
import { useStore } from 'zustand'
import type { ConversationSummary } from '../../../../contract/chat'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { Dialog } from '../../../ui/dialog'
import shared from '../../../ui/shared.module.css'
import { useChat } from '../context'
import { changeConversation } from '../conversation-actions'
import styles from './folder-dialog.module.css'

interface FolderDialogProps {
  readonly conversation: ConversationSummary
  /** With the folder that was chosen, null for none; undefined where nothing was. */
  readonly onClose: (folder?: string | null) => void
}

/** Moves a conversation to a folder, which is there as soon as something is in it. */
export function FolderDialog({ conversation, onClose }: FolderDialogProps) {
  const feature = useChat()
  const folders = useStore(feature.list.store, (state) => state.folders)
  const [name, setName] = useState('')
  const id = useId()

  function move(folder: string | null): void {
    void changeConversation(feature, conversation.id, { folder })
    onClose(folder)
  }

  return (
    <Dialog title="Move to folder" isOpen onClose={() => onClose()}>
      <ul className={styles.folders}>
        {folders.map((folder) => (
          <li key={folder.name}>
            <Button
              variant="ghost"
              className={styles.folder}
              isDisabled={folder.name === conversation.folder}
              onPress={() => move(folder.name)}
            >
              {folder.name}
              <span>{folder.name === conversation.folder ? 'it is here' : folder.conversations}</span>
            </Button>
          </li>
        ))}
        {conversation.folder === null ? null : (
          <li>
            <Button variant="ghost" className={styles.folder} onPress={() => move(null)}>
              Take it out of “{conversation.folder}”
            </Button>
          </li>
        )}
      </ul>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim() !== '') move(name.trim())
        }}
      >
        <label htmlFor={id}>New folder</label>
        <input
          id={id}
          className={cx(shared.well, shared.line)}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" variant="primary" isDisabled={name.trim() === ''}>
          Move
        </Button>
      </form>
    </Dialog>
  )
}
