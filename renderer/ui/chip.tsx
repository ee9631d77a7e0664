import type { ReactNode } from 'react'
import styles from './chip.module.css'
import { cx } from './cx'

interface ChipProps {
  readonly tone?: 'plain' | 'ok' | 'warn' | 'fail'
  readonly icon?: ReactNode
  readonly children: ReactNode
}

/** The state of a record: an icon and a word on a tinted ground. */
export function Chip({ tone = 'plain', icon, children }: ChipProps) {
  return (
    <span className={cx(styles.chip, styles[tone])}>
      {icon}
      {children}
    </span>
  )
}

export function Tag({ children }: { readonly children: ReactNode }) {
  return <span className={styles.tag}>{children}</span>
}
