import type { ReactNode } from 'react'
import styles from './facts.module.css'

export type Fact = readonly [name: string, value: ReactNode]

/** Facts about one thing: names on the left, values on the right. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface CardHeadProps {
  readonly title: string
  readonly tag?: string | undefined
  readonly detail?: string | undefined
}

/** The name of what the column tells of. */
export function CardHead({ title, tag, detail }: CardHeadProps) {
  return (
    <header className={styles.head}>
      <h2 title={title}>{title}</h2>
      {tag === undefined ? null : <span className={styles.tag}>{tag}</span>}
      {detail === undefined || detail === '' ? null : <p title={detail}>{detail}</p>}
    </header>
  )
}
