import { ChevronRight, PencilLine } from 'lucide-react'
import { useId, useState } from 'react'
import type { ThinkPart } from '../../../../contract/chat'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { formatMilliseconds, plural } from '../../../ui/format'
import shared from '../../../ui/shared.module.css'
import styles from './think-block.module.css'

interface ThinkBlockProps {
  readonly part: ThinkPart
  readonly isWriting: boolean
  /** Draws again after other thoughts; absent where nothing was drawn. */
  readonly onRedraw?: ((thought: string) => Promise<boolean>) | undefined
}

/** What the model thought before it answered, folded. Thoughts that led to a picture can be changed, and drawn after again. */
export function ThinkBlock({ part, isWriting, onRedraw }: ThinkBlockProps) {
  const [isOpen, setOpen] = useState(false)
  const [draft, setDraft] = useState<string | null>(null)
  const id = useId()
  return (
    <div className={styles.think}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight size={12} strokeWidth={2} className={styles.caret} aria-hidden />
        {headWords(part, isWriting)}
        <span className={styles.tokens}>{plural(part.tokens, 'token')}</span>
        {!part.closed && !isWriting ? <span className={styles.tokens}>cut off</span> : null}
      </button>
      <div id={id} hidden={!isOpen} className={styles.body}>
        {draft === null ? (
          <>
            <p className={styles.words}>{part.text.trim()}</p>
            {onRedraw === undefined || isWriting ? null : (
              <Button size="sm" variant="ghost" onPress={() => setDraft(part.text.trim())}>
                <PencilLine size={12} strokeWidth={2} aria-hidden />
                Change it and draw again
              </Button>
            )}
          </>
        ) : (
          <>
            <textarea
              className={cx(shared.well, styles.field)}
              aria-label="Thought to draw after"
              value={draft}
              autoFocus
              onChange={(event) => setDraft(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return
                event.preventDefault()
                setDraft(null)
              }}
            />
            <div className={styles.actions}>
              <Button
                size="sm"
                variant="primary"
                isDisabled={draft.trim() === ''}
                onPress={() => {
                  void onRedraw?.(draft.trim()).then((isSent) => {
                    if (isSent) setDraft(null)
                  })
                }}
              >
                Draw again
              </Button>
              <Button size="sm" variant="ghost" onPress={() => setDraft(null)}>
                Leave it
              </Button>
            </div>
          </>
        )}
      </div>
    </div>
  )
}

function headWords(part: ThinkPart, isWriting: boolean): string {
  if (isWriting) return 'Thinking'
  if (part.edited) return 'Thought, in your words'
  return `Thought for ${formatMilliseconds(part.milliseconds)}`
}
