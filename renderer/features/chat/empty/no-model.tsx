import type { ModelId } from '../../../../contract/ids'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { useExits } from '../context'
import type { ChatModel } from '../selectors'
import styles from './empty-thread.module.css'

interface NoModelProps {
  readonly models: readonly ChatModel[]
  readonly wanted: ModelId | null
}

/** No model that can answer: what is wrong with those that are there, and how to get one. */
export function NoModel({ models, wanted }: NoModelProps) {
  const studio = useStudio()
  const exits = useExits()
  const broken = models.filter(({ state }) => state.kind === 'broken')
  return (
    <div className={styles.middle}>
      <div className={styles.empty}>
        <h2>{wanted === null ? 'No model to talk with yet' : 'The model of this conversation is not here'}</h2>
        <p className={styles.about}>
          {models.length > 0 && wanted !== null
            ? 'Choose another one above: everything that was said stays, and the next answers come from it.'
            : 'Add the folder of a BAGEL model or of a language model in ONNX form. Nothing is downloaded or sent.'}
        </p>
        {broken.map(({ id, name, state }) =>
          state.kind === 'broken' ? (
            <p key={id} className={styles.about}>
              <b>{name}</b>: {state.message} {state.remedy}
            </p>
          ) : null,
        )}
        <div className={styles.ways}>
          {studio.host.hasFiles ? (
            <Button
              variant="primary"
              onPress={() => {
                void studio.host.openFolderDialog().then((folder) => {
                  if (folder !== null) void studio.models.getState().addFolder(folder)
                })
              }}
            >
              Add a folder…
            </Button>
          ) : (
            <Button variant="primary" onPress={exits.showSettings}>
              Add a folder in Settings
            </Button>
          )}
          <Button onPress={() => void studio.models.getState().refresh()}>Look again</Button>
        </div>
      </div>
    </div>
  )
}
