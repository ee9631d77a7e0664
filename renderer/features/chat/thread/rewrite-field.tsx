import { useState } from 'react'
import type { MessageId } from '../../../../contract/ids'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { rewrite } from '../actions'
import { useChat } from '../context'
import styles from './think-block.module.css'

interface RewriteFieldProps {
  readonly messageId: MessageId
  readonly text: string
  readonly onDone: () => void
}

/** Puts other words into a model's mouth: the turns to come go on from them, and the first ones stay as a branch. */
export function RewriteField({ messageId, text, onDone }: RewriteFieldProps) {
  const feature = useChat()
  const [draft, setDraft] = useState(text)
  function save(): void {
    void rewrite(feature, messageId, draft.trim()).then((isSaved) => {
      if (isSaved) onDone()
    })
  }
  return (
    <div>
      <textarea
        className={cx(shared.well, styles.field)}
        aria-label="Other words for this answer"
        value={draft}
        autoFocus
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault()
            onDone()
          }
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            save()
          }
        }}
      />
      <div className={styles.actions}>
        <Button size="sm" variant="primary" isDisabled={draft.trim() === '' || draft.trim() === text} onPress={save}>
          Keep these words
        </Button>
        <Button size="sm" variant="ghost" onPress={onDone}>
          Leave it
        </Button>
      </div>
    </div>
  )
}
