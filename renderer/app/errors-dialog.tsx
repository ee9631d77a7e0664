import { useStore } from 'zustand'
import { useStudio } from '../studio/context'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ErrorNote } from '../ui/error-note'
import { formatClock } from '../ui/format'
import type { AppStore } from './app-store'
import styles from './errors-dialog.module.css'

/** What went wrong since the window opened, the newest first. */
export function ErrorsDialog({ app }: { readonly app: AppStore }) {
  const studio = useStudio()
  const isOpen = useStore(app, (state) => state.isErrorsOpen)
  const errors = useStore(studio.errors, (state) => state.errors)
  const close = () => app.setState({ isErrorsOpen: false })
  return (
    <Dialog
      title="What went wrong"
      kind="wide"
      isOpen={isOpen}
      onClose={close}
      footer={
        <Button isDisabled={errors.length === 0} onPress={() => studio.errors.getState().clear()}>
          Clear the list
        </Button>
      }
    >
      {errors.length === 0 ? <p className={styles.none}>Nothing has gone wrong since this window opened.</p> : null}
      <ul className={styles.list}>
        {errors.map((error) => (
          <li key={error.id}>
            <p className={styles.doing}>
              {formatClock(error.at)}, {error.doing}
            </p>
            <ErrorNote failure={error.failure} />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
