import { formatMilliseconds } from '../ui/format'
import styles from './chart.module.css'

export interface TimePart {
  readonly key: string
  readonly label: string
  readonly milliseconds: number
  readonly color: string
}

/** Where the time went: one bar to scale, and each part with its figure. */
export function TimeBar({ parts }: { readonly parts: readonly TimePart[] }) {
  const total = parts.reduce((sum, part) => sum + part.milliseconds, 0)
  return (
    <>
      <div className={styles.bar} aria-hidden>
        {parts.map((part) => (
          <i
            key={part.key}
            title={`${part.label}, ${Math.round((part.milliseconds / Math.max(1, total)) * 100)}%`}
            style={{ flexGrow: part.milliseconds, flexBasis: 0, background: part.color }}
          />
        ))}
      </div>
      <dl className={styles.facts}>
        {parts.map((part) => (
          <div key={part.key} style={{ display: 'contents' }}>
            <dt>
              <i style={{ background: part.color }} />
              {part.label}
            </dt>
            <dd>{formatMilliseconds(part.milliseconds)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
