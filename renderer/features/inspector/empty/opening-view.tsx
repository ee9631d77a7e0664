import { Button } from '../../../ui/button'
import { formatBytes } from '../../../ui/format'
import { Spinner } from '../../../ui/spinner'
import { useInspector } from '../context'
import { closeFile } from '../open-file'
import styles from './empty-view.module.css'

/** A file is being read, or is on its way to the studio. */
export function OpeningView({ name, sent }: { readonly name: string; readonly sent: number | null }) {
  const feature = useInspector()
  return (
    <div className={styles.opening}>
      <p role="status">
        <Spinner />
        {sent === null ? `Reading ${name}` : `Sending ${name} to the studio, ${formatBytes(sent)}`}
      </p>
      <Button size="sm" variant="ghost" onPress={() => closeFile(feature)}>
        Cancel
      </Button>
    </div>
  )
}
