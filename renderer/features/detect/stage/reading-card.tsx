import { useStore } from 'zustand'
import { Progress } from '../../../ui/progress'
import { Spinner } from '../../../ui/spinner'
import { useDetect } from '../context'
import styles from './stage-notes.module.css'

/** Pictures on their way in. */
export function ReadingCard() {
  const { stage } = useDetect()
  const reading = useStore(stage, (state) => state.reading)
  if (reading === null) return null
  const { done, total } = reading
  return (
    <div className={styles.note} role="status">
      <Spinner />
      <span>{total === 1 ? 'Reading the picture' : `Reading ${Math.min(total, done + 1)} of ${total} pictures`}</span>
      {total === 1 ? null : (
        <span className={styles.progress}>
          <Progress label="Pictures read" fraction={done / total} />
        </span>
      )}
    </div>
  )
}
