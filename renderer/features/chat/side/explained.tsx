import type { ReactNode } from 'react'
import styles from './explained.module.css'

interface ExplainedProps {
  /** What the setting does, in one line. */
  readonly about: string
  readonly children: ReactNode
}

export function Explained({ about, children }: ExplainedProps) {
  return (
    <div className={styles.explained}>
      {children}
      <p>{about}</p>
    </div>
  )
}
