import { LoaderCircle } from 'lucide-react'
import { cx } from './cx'
import styles from './spinner.module.css'

interface SpinnerProps {
  /** Said by a screen reader; without it the words beside the mark must do. */
  readonly label?: string
  readonly className?: string | undefined
}

/** Something is in hand. It always stands beside words that say what. */
export function Spinner({ label, className }: SpinnerProps) {
  return (
    <LoaderCircle
      size={14}
      strokeWidth={2}
      className={cx(styles.spin, className)}
      {...(label === undefined ? { 'aria-hidden': true } : { 'aria-label': label, role: 'img' })}
    />
  )
}
