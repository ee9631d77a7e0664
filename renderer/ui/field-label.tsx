import type { ReactNode } from 'react'
import { ChangedDot } from './changed-dot'
import styles from './field-label.module.css'

interface FieldLabelProps {
  readonly children: string
  readonly end?: ReactNode
  readonly was?: string | null
  readonly onRevert?: () => void
  readonly htmlFor?: string
}

export function FieldLabel({ children, end, was = null, onRevert, htmlFor }: FieldLabelProps) {
  return (
    <div className={styles.label}>
      {htmlFor === undefined ? <span>{children}</span> : <label htmlFor={htmlFor}>{children}</label>}
      <ChangedDot name={children} was={was} onRevert={() => onRevert?.()} />
      {end === undefined ? null : <span className={styles.end}>{end}</span>}
    </div>
  )
}
