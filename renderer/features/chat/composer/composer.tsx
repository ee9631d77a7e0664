import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { IconButton } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { leaveOut } from '../actions'
import { useChat } from '../context'
import { Attachments } from './attachments'
import styles from './composer.module.css'
import { ComposerField } from './composer-field'
import { ComposerFoot } from './composer-foot'
import { ComposerTools } from './composer-tools'
import { TurnWarning } from './turn-warning'

/** Where a turn is said: pictures, words, what it shall do, and what that will be. */
export function Composer() {
  const feature = useChat()
  const failure = useStore(feature.composer.store, (state) => state.failure)
  const isEditing = useStore(feature.composer.store, (state) => state.draft.editing !== null)
  const toDrop = failure?.context?.leaveOut.map(({ messageId }) => messageId) ?? []
  return (
    <div className={styles.place}>
      {failure === null ? (
        <TurnWarning />
      ) : (
        <div className={styles.note}>
          <ErrorNote
            failure={failure}
            actions={[
              ...(toDrop.length === 0
                ? []
                : [{ label: 'Leave out what is oldest', run: () => leaveOut(feature, toDrop, true) }]),
              { label: 'Put it away', run: () => feature.composer.store.setState({ failure: null }) },
            ]}
          />
        </div>
      )}
      <div className={styles.composer} data-composer>
        {isEditing ? (
          <div className={styles.editing}>
            <span>
              <b>Editing your message.</b> What it was stays as a branch.
            </span>
            <IconButton label="Leave the edit" keys="Escape" onPress={() => feature.composer.cancelEdit()}>
              <X size={14} />
            </IconButton>
          </div>
        ) : null}
        <Attachments />
        <ComposerField />
        <ComposerTools />
      </div>
      <ComposerFoot />
    </div>
  )
}
