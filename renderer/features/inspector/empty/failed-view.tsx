import { ErrorNote } from '../../../ui/error-note'
import { useInspector } from '../context'
import type { FilePhase } from '../file-store'
import { closeFile, openSource } from '../open-file'
import styles from './empty-view.module.css'

/** A file that could not be read: what is wrong with it, in words, and ways on. */
export function FailedView({ phase }: { readonly phase: Extract<FilePhase, { kind: 'failed' }> }) {
  const feature = useInspector()
  const { source, name, failure } = phase
  return (
    <div className={styles.failed}>
      <ErrorNote
        size="stage"
        failure={failure}
        actions={[
          { label: 'Open another file', run: () => closeFile(feature) },
          ...(source === null ? [] : [{ label: 'Try again', run: () => void openSource(feature, source, name) }]),
        ]}
      />
    </div>
  )
}
