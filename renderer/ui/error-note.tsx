import { CircleX, ClipboardCopy } from 'lucide-react'
import { useState } from 'react'
import type { Failure } from '../../contract/errors'
import { Button } from './button'
import { cx } from './cx'
import styles from './error-note.module.css'

export interface ErrorAction {
  readonly label: string
  readonly run: () => void
}

interface ErrorNoteProps {
  readonly failure: Failure
  /** Up to three ways on; the first is the one that most people want. */
  readonly actions?: readonly ErrorAction[]
  readonly size?: 'row' | 'stage'
}

/** What failed, the likely cause, what to do next, and the detail for a report. */
export function ErrorNote({ failure, actions = [], size = 'row' }: ErrorNoteProps) {
  const [isOpen, setOpen] = useState(false)
  const detail = [failure.code, failure.field, failure.detail].filter(Boolean).join('\n')
  return (
    <div className={cx(styles.note, styles[size])} role="alert">
      <CircleX className={styles.icon} size={size === 'stage' ? 20 : 16} strokeWidth={1.75} aria-hidden />
      <div className={styles.words}>
        <p className={styles.title}>{failure.message}</p>
        {failure.remedy === undefined ? null : <p className={styles.remedy}>{failure.remedy}</p>}
        <div className={styles.actions}>
          {actions.slice(0, 3).map((action, index) => (
            <Button
              key={action.label}
              size={size === 'stage' ? 'md' : 'sm'}
              variant={index === 0 && size === 'stage' ? 'primary' : 'default'}
              onPress={action.run}
            >
              {action.label}
            </Button>
          ))}
          <Button
            size={size === 'stage' ? 'md' : 'sm'}
            variant="ghost"
            aria-expanded={isOpen}
            onPress={() => setOpen(!isOpen)}
          >
            Details
          </Button>
        </div>
        {isOpen ? (
          <div className={styles.detail}>
            <pre>{detail}</pre>
            <Button size="sm" variant="ghost" onPress={() => void navigator.clipboard.writeText(detailText(failure))}>
              <ClipboardCopy size={12} aria-hidden />
              Copy
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  )
}

function detailText(failure: Failure): string {
  return [failure.message, failure.remedy, failure.code, failure.field, failure.detail].filter(Boolean).join('\n')
}
