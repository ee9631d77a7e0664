import { CircleCheck, CircleX, Info, TriangleAlert, X } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { toast, Toaster as Sonner } from 'sonner'
import { IconButton, Button } from './button'
import { cx } from './cx'
import { announce } from './live-region'
import shared from './shared.module.css'
import { useShelfPlace } from './toast-shelf'
import styles from './toaster.module.css'

export interface ToastContent {
  readonly tone?: 'ok' | 'info' | 'warn' | 'fail'
  readonly icon?: ReactNode
  readonly text: string
  /** Said after the text, quieter. */
  readonly detail?: string
  readonly action?: { readonly label: string; readonly keys?: string; readonly run: () => void }
  readonly id?: string
}

const widest = 400

/** How long a toast stands. The pointer over it stops the clock. */
export const toastMilliseconds = 6000

const toneIcons = { ok: CircleCheck, info: Info, warn: TriangleAlert, fail: CircleX } as const

/** Says what happened, with one action to take it back or to look at it. */
export function showToast({ tone = 'info', icon, text, detail, action, id }: ToastContent): void {
  const ToneIcon = toneIcons[tone]
  announce(detail === undefined ? text : `${text} ${detail}`)
  toast.custom(
    (toastId) => (
      <div className={cx(shared.float, styles.toast)}>
        <span className={styles[tone]}>{icon ?? <ToneIcon size={16} strokeWidth={1.75} aria-hidden />}</span>
        <span className={styles.words}>
          {text} {detail === undefined ? null : <span className={styles.detail}>{detail}</span>}
        </span>
        {action === undefined ? null : (
          <Button
            size="sm"
            {...(action.keys === undefined ? {} : { keys: action.keys })}
            onPress={() => {
              action.run()
              toast.dismiss(toastId)
            }}
          >
            {action.label}
          </Button>
        )}
        <IconButton label="Close" onPress={() => toast.dismiss(toastId)}>
          <X size={14} />
        </IconButton>
      </div>
    ),
    { duration: toastMilliseconds, ...(id === undefined ? {} : { id }) },
  )
}

export function hideToast(id: string): void {
  toast.dismiss(id)
}

/** Stands over the shelf where the panel has one, else at the bottom of the window. */
export function Toaster() {
  const shelf = useShelfPlace()
  return (
    <Sonner
      position="bottom-center"
      offset={{ bottom: shelf?.bottom ?? 44 }}
      gap={8}
      visibleToasts={3}
      hotkey={['F8']}
      style={
        {
          '--width': `${Math.min(widest, shelf?.width ?? widest)}px`,
          ...(shelf === null ? {} : { left: shelf.centre }),
        } as CSSProperties
      }
    />
  )
}
