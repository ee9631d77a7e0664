import { CircleX, RotateCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../studio/context'
import { Button } from '../ui/button'
import { cx } from '../ui/cx'
import { sentences } from '../ui/format'
import shared from '../ui/shared.module.css'
import { Spinner } from '../ui/spinner'
import styles from './connection-note.module.css'

/** Stands over the panel while the core cannot be reached; nothing that was typed is lost meanwhile. */
export function ConnectionNote() {
  const { connection } = useStudio()
  const status = useStore(connection, (state) => state.status)
  const isLate = useIsLate(status !== 'open', 700)
  if (status === 'down') return <DownNote />
  return status === 'open' || !isLate ? null : <WaitingNote isFirst={status === 'connecting'} />
}

/** The engine will not come back by itself: what happened, and the one thing to do. */
function DownNote() {
  const { connection, reconnect } = useStudio()
  const reason = useStore(connection, (state) => state.reason)
  return (
    <div className={cx(shared.float, styles.note)} role="alert">
      <CircleX size={16} strokeWidth={1.75} className={styles.failed} aria-hidden />
      <div className={styles.words}>
        <p>The engine has stopped</p>
        <p className={styles.quiet}>{sentences(reason ?? undefined, 'Your settings and pictures are kept')}</p>
      </div>
      <Button variant="primary" onPress={reconnect}>
        <RotateCw size={12} strokeWidth={2} aria-hidden />
        Start again
      </Button>
    </div>
  )
}

function WaitingNote({ isFirst }: { readonly isFirst: boolean }) {
  const { connection, host, reconnect } = useStudio()
  const attempts = useStore(connection, (state) => state.attempts)
  return (
    <div className={cx(shared.float, styles.note)} role="status">
      <Spinner className={styles.waiting} />
      <span>
        {isFirst ? 'Connecting to the studio core' : 'Reconnecting to the studio core'}
        {attempts > 1 ? <span className={styles.quiet}> try {attempts}</span> : null}
      </span>
      {/* The desktop's shell starts the engine by itself; the web host may come back at any time. */}
      {host.kind === 'browser' && attempts > 0 ? (
        <Button size="sm" onPress={reconnect}>
          Reconnect
        </Button>
      ) : null}
    </div>
  )
}

/** A connection that opens at once needs no announcement. */
function useIsLate(isWaiting: boolean, milliseconds: number): boolean {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (!isWaiting) return
    const timer = setTimeout(() => setLate(true), milliseconds)
    return () => {
      clearTimeout(timer)
      setLate(false)
    }
  }, [isWaiting, milliseconds])
  return isLate
}
