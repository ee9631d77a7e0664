import { CornerLeftUp } from 'lucide-react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { firstSentences } from '../../../ui/format'
import { Kbd } from '../../../ui/kbd'
import { useImageFeature } from '../feature'
import { changeDraft } from '../form-store'
import { leaveHistory } from '../prompt-history'
import { useCurrentModel } from '../selectors'
import styles from './empty-stage.module.css'

/** What the model can and cannot draw, and three prompts of its own to begin with. */
export function EmptyStage() {
  const { form, gallery, history } = useImageFeature()
  const studio = useStudio()
  const model = useCurrentModel()
  const isLoaded = useStore(studio.models, (state) => state.isLoaded)
  const failure = useStore(studio.models, (state) => state.failure)
  const isFirstStart = useStore(gallery.store, ({ isLoaded: isRead, total }) => isRead && total === 0)
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

  function take(prompt: string): void {
    leaveHistory(history)
    changeDraft(form, { prompt })
    // The prompt is the next thing to change or to send off.
    const field = document.querySelector<HTMLTextAreaElement>('textarea[data-field="prompt"]')
    field?.focus()
    field?.setSelectionRange(prompt.length, prompt.length)
  }

  return (
    <div className={styles.empty}>
      <h2>{isFirstStart ? 'Draw your first picture' : 'Write what you want to see'}</h2>
      <p>{firstSentences(model.description, 2) || `${model.name} draws it with the settings on the left.`}</p>
      {prompts.length === 0 ? null : (
        <>
          <h3>Prompts to begin with</h3>
          <ul className={styles.cards}>
            {prompts.map((prompt) => (
              <li key={prompt}>
                <Button className={styles.card} onPress={() => take(prompt)}>
                  <span>{prompt}</span>
                  <CornerLeftUp size={14} strokeWidth={1.75} aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={styles.hint}>
        <span>
          A click fills the prompt, <Kbd keys="$mod+Enter" /> draws it.
        </span>
        <span>Drop a picture anywhere to read its settings or to start from it.</span>
      </p>
    </div>
  )
}
