import { useEffect, useState } from 'react'
import type { Failure } from '../../../../contract/errors'
import type { TrainingRecord } from '../../../../contract/precision-training'
import { ErrorNote } from '../../../ui/error-note'
import { Spinner } from '../../../ui/spinner'
import { usePrecision } from '../context'
import { PageSwitch } from '../page-switch'
import row from '../strip.module.css'
import { BundledRuns } from './bundled-runs'
import { LiveToy } from './live-toy'
import { RecordedRuns } from './recorded-runs'
import styles from './training-page.module.css'

/** Training in mixed precision: what was recorded when small models were trained in several formats. */
export function TrainingPage() {
  const { studio } = usePrecision()
  const [record, setRecord] = useState<TrainingRecord | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let isWanted = true
    studio.client.precision.training().then(
      (read) => {
        if (isWanted) setRecord(read)
      },
      (error: unknown) => {
        if (isWanted) setFailure(studio.report('Reading the training record', error))
      },
    )
    return () => {
      isWanted = false
    }
  }, [studio, turn])

  function again(): void {
    setFailure(null)
    setTurn((now) => now + 1)
  }

  return (
    <>
      <div className={row.strip} data-region="pages">
        <PageSwitch />
        <span className={styles.about}>{record?.description}</span>
      </div>
      <div className={styles.page}>
        {failure === null ? null : <ErrorNote failure={failure} actions={[{ label: 'Try again', run: again }]} />}
        {record === null ? (
          failure === null ? (
            <p className={styles.waiting} role="status">
              <Spinner /> Reading the record
            </p>
          ) : null
        ) : (
          <>
            <RecordedRuns runs={record.runs} />
            <LiveToy />
            <BundledRuns bundled={record.bundled} />
          </>
        )}
      </div>
    </>
  )
}
