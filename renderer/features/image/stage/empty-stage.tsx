import { CornerDownLeft } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { useCurrentModel } from '../selectors'
import { submit } from '../controls/prompt-field'
import styles from './empty-stage.module.css'

/** One sentence, and three prompts of the model's own that run at once. */
export function EmptyStage() {
  const feature = useImageFeature()
  const studio = useStudio()
  const model = useCurrentModel()
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const failure = useStore(studio.models, (state) => state.failure)
  const prompts = model?.image?.prompts.slice(0, 3) ?? []

  if (!isLoaded) {
    return <p className={styles.quiet}>{failure === null ? 'Looking for models' : failure.message}</p>
  }
  if (model === null) {
    return (
      <div className={styles.empty}>
        <h2>No image model yet</h2>
        <p>Add a folder that holds a Stable Diffusion 3 model as ONNX files, in Settings.</p>
      </div>
    )
  }
  return (
    <div className={styles.empty}>
      <h2>Write what you want to see</h2>
      <p>
        {prompts.length === 0
          ? `${model.name} draws it with the settings on the left.`
          : `Or start from one of these: ${model.name} knows them.`}
      </p>
      <ul className={styles.cards}>
        {prompts.map((prompt) => (
          <li key={prompt}>
            <Button
              className={styles.card}
              onPress={() => {
                changeDraft(feature.form, { prompt })
                void submit(feature)
              }}
            >
              <span>{prompt}</span>
              <CornerDownLeft size={14} strokeWidth={1.75} aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      <p className={styles.hint}>Drop a picture anywhere to read its settings or to start from it.</p>
    </div>
  )
}
