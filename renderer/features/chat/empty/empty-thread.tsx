import { ImagePlus } from 'lucide-react'
import { useStore } from 'zustand'
import { ErrorNote } from '../../../ui/error-note'
import { Spinner } from '../../../ui/spinner'
import { useStudio } from '../../../studio/context'
import { attachFiles } from '../attach'
import { useChat } from '../context'
import { chatModels, useModel, wantedModel, type ChatModel } from '../selectors'
import styles from './empty-thread.module.css'
import { NoModel } from './no-model'
import { suggestionsFor } from './suggestions'
import { usePictureChooser } from './use-picture-chooser'

/** Where nothing was said yet: what this model is good for, and something to begin with. */
export function EmptyThread() {
  const { models } = useStudio()
  const feature = useChat()
  const isLoaded = useStore(models, (state) => state.isLoaded)
  const failure = useStore(models, (state) => state.failure)
  const list = useStore(models, (state) => state.models)
  const model = useModel()
  if (model !== null) return <Suggestions model={model} />
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
  const wanted = wantedModel(feature)
  return <NoModel models={chatModels(list)} wanted={wanted} />
}

function Suggestions({ model }: { readonly model: ChatModel }) {
  const feature = useChat()
  const { chat, name } = model
  const prompts = suggestionsFor(chat)
  const chooser = usePictureChooser((files) => void attachFiles(feature, files))
  const title = chat.seesPictures ? 'Drop a picture and ask about it' : `Write to ${name}`
  return (
    <div className={styles.middle}>
      <div className={styles.empty}>
        <h2>{title}</h2>
        <p className={styles.about}>{aboutWords(model)}</p>
        {prompts.length === 0 && !chat.seesPictures ? null : (
          <ul className={styles.prompts} aria-label="To begin with">
            {chat.seesPictures ? (
              <li>
                <button type="button" className={styles.prompt} onClick={chooser.open}>
                  <ImagePlus size={14} strokeWidth={1.75} aria-hidden />
                  Choose a picture to ask about
                </button>
              </li>
            ) : null}
            {prompts.map((prompt) => (
              <li key={prompt}>
                <button
                  type="button"
                  className={styles.prompt}
                  onClick={() => {
                    feature.composer.change({ text: prompt })
                    feature.composer.focus()
                  }}
                >
                  {prompt}
                </button>
              </li>
            ))}
          </ul>
        )}
        {chooser.input}
      </div>
    </div>
  )
}

function aboutWords({ name, description, chat }: ChatModel): string {
  if (chat.knows !== undefined) return chat.knows.sentence
  if (description !== '') return description
  return chat.seesPictures ? `${name} reads pictures and answers in words.` : `${name} answers in words alone.`
}
