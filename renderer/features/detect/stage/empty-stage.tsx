import { FolderOpen, ImagePlus } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { plural } from '../../../ui/format'
import { Kbd } from '../../../ui/kbd'
import { Spinner } from '../../../ui/spinner'
import { detectPicture } from '../actions'
import { useDetect, useExits } from '../context'
import { detectorModels, isReady, useModel, type DetectorModel } from '../selectors'
import { pickFiles, pickFolder } from '../source/pick'
import styles from './empty-stage.module.css'

/** Before there is a picture: what this detector finds, and a scene to try it on. */
export function EmptyStage() {
  const { models } = useStudio()
  const model = useModel()
  const isLoaded = useStore(models, (state) => state.isLoaded)
  const failure = useStore(models, (state) => state.failure)
  if (model !== null) return <Invitation model={model} />
  if (failure !== null) {
    return (
      <div className={styles.middle}>
        <ErrorNote
          size="stage"
          failure={failure}
          actions={[{ label: 'Look again', run: () => void models.getState().refresh() }]}
        />
      </div>
    )
  }
  if (!isLoaded) {
    return (
      <p className={styles.middle} role="status">
        <span className={styles.looking}>
          <Spinner /> Looking for models
        </span>
      </p>
    )
  }
  return <NoDetector />
}

function Invitation({ model }: { readonly model: DetectorModel }) {
  const feature = useDetect()
  const { assetUrl } = useStudio()
  const examples = useStore(feature.examples.store, (state) => state.examples)
  return (
    <div className={styles.middle}>
      <div className={styles.empty}>
        <h2>Drop a picture, a video or a folder</h2>
        <p>
          {model.name} finds {plural(model.detector.classes.length, 'kind')} of things:{' '}
          {model.detector.classes
            .slice(0, 4)
            .map(({ name }) => name)
            .join(', ')}{' '}
          and more.
        </p>
        {examples.length === 0 ? null : (
          <ul className={styles.examples} aria-label="Scenes to try">
            {examples.slice(0, 3).map(({ assetId, name, width, height }) => (
              <li key={assetId}>
                <button
                  type="button"
                  className={styles.example}
                  onClick={() => void detectPicture(feature, { assetId, name, width, height })}
                >
                  <img src={assetUrl(assetId)} alt="" />
                  <span>Try {name}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className={styles.ways}>
          <Button variant={examples.length === 0 ? 'primary' : 'default'} onPress={() => void pickFiles(feature)}>
            <ImagePlus size={14} strokeWidth={1.75} aria-hidden />
            Choose a file
          </Button>
          <Button onPress={() => void pickFolder(feature)}>
            <FolderOpen size={14} strokeWidth={1.75} aria-hidden />
            Choose a folder
          </Button>
          <span className={styles.hint}>
            or paste one <Kbd keys="$mod+v" />
          </span>
        </div>
      </div>
    </div>
  )
}

function NoDetector() {
  const { models } = useStudio()
  const exits = useExits()
  const list = useStore(models, (state) => state.models)
  const broken = detectorModels(list).filter((model) => !isReady(model))
  return (
    <div className={styles.middle}>
      <div className={styles.empty}>
        <h2>No detector yet</h2>
        <p>Add a folder that holds a detector as ONNX files: ThunderNet, DETR, RT-DETR, YOLOX or YOLOv8.</p>
        {broken.map(({ id, name, state }) =>
          state.kind === 'broken' ? (
            <p key={id} className={styles.broken}>
              <b>{name}</b> cannot run: {state.message}. {state.remedy}
            </p>
          ) : null,
        )}
        <div className={styles.ways}>
          <Button variant="primary" onPress={exits.showSettings}>
            Add a model folder
          </Button>
        </div>
      </div>
    </div>
  )
}
