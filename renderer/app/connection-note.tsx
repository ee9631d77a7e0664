import { LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../studio/context'
import styles from './connection-note.module.css'

/** Stands over the panel while the core cannot be reached; nothing that was typed is lost meanwhile. */
export function ConnectionNote() {
  const { connection } = useStudio()
  const status = useStore(connection, (state) => state.status)
  const attempts = useStore(connection, (state) => state.attempts)
  const isLate = useIsLate(status !== 'open', 700)
  if (status === 'open' || !isLate) return null
  return (
    <div className={styles.note} role="status">
      <LoaderCircle size={14} strokeWidth={2} className={styles.spin} aria-hidden />
      <span>
        {status === 'connecting' ? 'Connecting to the studio core' : 'Reconnecting to the studio core'}
        {attempts > 1 ? <span className={styles.tries}> try {attempts}</span> : null}
      </span>
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
