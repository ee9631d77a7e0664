import { useStore } from 'zustand'
import { groupDigits } from '../../../ui/format'
import { useChat } from '../context'
import { neededRows } from '../estimates'
import { useModel } from '../selectors'
import styles from './context-meter.module.css'

/** How full the model's context would be with the turn in the composer. */
export function ContextMeter() {
  const { estimates } = useChat()
  const model = useModel()
  const estimate = useStore(estimates.store, (state) => state.estimate)
  const rows = estimate?.rows ?? null
  const limit = rows?.limit ?? model?.chat.contextLength
  if (limit === undefined) return null
  const share = estimate === null ? 0 : neededRows(estimate) / limit
  const words = rows === null ? groupDigits(limit) : `${groupDigits(rows.total)} of ${groupDigits(limit)}`
  return (
    <span
      className={styles.meter}
      data-state={share > 1 ? 'full' : share > 0.85 ? 'near' : undefined}
      title="Rows of the model’s context that the next turn reads"
    >
      <span className={styles.words}>
        <span className={styles.name}>Context </span>
        {words}
        {share > 1 ? ', full' : ''}
      </span>
      <i className={styles.track} aria-hidden>
        <i style={{ width: `${Math.min(100, share * 100)}%` }} />
      </i>
    </span>
  )
}
