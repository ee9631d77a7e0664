import { useStore } from 'zustand'
import type { ContextRows } from '../../../../contract/chat-statistics'
import { groupDigits } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useChat } from '../context'
import styles from './context-section.module.css'

const kinds = [
  { key: 'text', label: 'Text', color: 'var(--c1)' },
  { key: 'vit', label: 'Pictures, to understand', color: 'var(--c4)' },
  { key: 'vae', label: 'Pictures, to draw from', color: 'var(--c3)' },
] as const satisfies readonly { key: keyof ContextRows; label: string; color: string }[]

/** What the next turn would have the model hold, by kind. */
export function ContextSection() {
  const rows = useStore(useChat().estimates.store, (state) => state.estimate?.rows)
  if (rows === undefined) return null
  const answer = { key: 'answer', label: 'The answer, at most', color: 'var(--track)' } as const
  const parts = [...kinds, answer].filter(({ key }) => rows[key] > 0)
  return (
    <Section title="What the model holds" note={`${groupDigits(rows.total)} of ${groupDigits(rows.limit)} rows`}>
      <div className={styles.bar} aria-hidden>
        {parts.map(({ key, color }) => (
          <i key={key} style={{ flexGrow: rows[key], background: color }} />
        ))}
      </div>
      <dl className={styles.facts}>
        {parts.map(({ key, label, color }) => (
          <div key={key}>
            <dt>
              <i style={{ background: color }} />
              {label}
            </dt>
            <dd>{groupDigits(rows[key])}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
