import { formatMilliseconds } from '../ui/format'
import styles from './chart.module.css'

export interface TimePart {
  readonly key: string
  readonly label: string
  readonly milliseconds: number
  readonly color: string
}

interface TimeBarProps {
  readonly parts: readonly TimePart[]
  /** The figures under each other, or side by side in tenths of a millisecond. */
  readonly layout?: 'rows' | 'line'
}

/** Where the time went: one bar to scale, and each part with its figure. */
export function TimeBar({ parts, layout = 'rows' }: TimeBarProps) {
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
      <dl className={layout === 'rows' ? styles.facts : styles.inLine}>
        {parts.map((part) => (
          <div key={part.key} style={layout === 'rows' ? { display: 'contents' } : undefined}>
            <dt>
              <i style={{ background: part.color }} />
              {part.label}
            </dt>
            <dd>{layout === 'rows' ? formatMilliseconds(part.milliseconds) : part.milliseconds.toFixed(1)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
