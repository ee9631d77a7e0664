import type { ReactNode } from 'react'
import { cx } from './cx'
import styles from './section.module.css'

interface SectionProps {
  readonly title?: ReactNode
  readonly note?: ReactNode
  readonly end?: ReactNode
  readonly children: ReactNode
  readonly className?: string | undefined
}

export function Section({ title, note, end, children, className }: SectionProps) {
  return (
    <section className={cx(styles.sec, className)}>
      {title === undefined ? null : (
        <header className={styles.head}>
          <h2 className={styles.title}>{title}</h2>
          {note === undefined ? null : <span className={styles.note}>{note}</span>}
          {end}
        </header>
      )}
      {children}
    </section>
  )
}
