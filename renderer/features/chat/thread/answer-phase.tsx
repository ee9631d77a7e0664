import type { Answer } from '../../../../contract/chat'
import type { PhaseEvent } from '../../../../contract/chat-events'
import { formatEta } from '../../../ui/format'
import { Progress } from '../../../ui/progress'
import { Spinner } from '../../../ui/spinner'
import styles from './answer-phase.module.css'

/** What the answer is busy with before there is something to see of it: waiting, loading, reading. */
export function AnswerPhase({ message, phase }: { readonly message: Answer; readonly phase: PhaseEvent | null }) {
  const isDrawing = message.parts.some((part) => part.type === 'drawn' && part.state === 'drawing')
  if (isDrawing) return null
  const isWriting = phase?.phase === 'answer' || phase?.phase === 'think'
  if (isWriting && message.parts.length > 0) return <span className={styles.caret} aria-hidden />
  const label = phase?.label ?? (message.status === 'waiting' ? 'Waiting for its turn' : 'Starting')
  const isCounted = phase !== null && phase.total > 0 && (phase.phase === 'prefill' || phase.phase === 'load')
  return (
    <div className={styles.phase} role="status">
      <Spinner />
      <span>{label}</span>
      {isCounted ? (
        <span className={styles.bar}>
          <Progress label={label} fraction={Math.min(1, phase.done / phase.total)} />
        </span>
      ) : null}
      {phase?.eta == null ? null : <span className={styles.eta}>{formatEta(phase.eta)}</span>}
    </div>
  )
}
