import { Scissors } from 'lucide-react'
import { useStore } from 'zustand'
import { Button } from '../../../ui/button'
import { useInspector } from '../context'
import { openFiles, openPath, openSource } from '../open-file'
import styles from './empty-view.module.css'
import { OpenForm } from './open-form'

const mostRecent = 4

/** Nothing is open yet: every way in, the library's models as examples, and the lesson that needs no model. */
export function EmptyView() {
  const feature = useInspector()
  const recent = useStore(feature.file, (state) => state.recent)
  return (
    <div className={styles.page} data-region="inspector-empty">
      <div className={styles.column}>
        <h2>See inside a model</h2>
        <p>
          Drop an .onnx, .safetensors or .gguf file here, with the files of its weights if it has any. You see what each
          layer holds, how many multiply-adds it takes, and how long it takes on this machine.
        </p>
        <OpenForm
          onSource={(source, name) => void openSource(feature, source, name)}
          onFiles={(files) => void openFiles(feature, files)}
        />
        {recent.length === 0 ? null : (
          <section className={styles.recent} aria-label="Opened before">
            <h3>Opened before</h3>
            {recent.slice(0, mostRecent).map((path) => (
              <button key={path} type="button" onClick={() => void openPath(feature, path)}>
                {path}
              </button>
            ))}
          </section>
        )}
        <section className={styles.lesson} aria-label="Lesson">
          <Scissors size={16} strokeWidth={1.75} aria-hidden />
          <p>
            <b>Factorise a convolution.</b> Why fewer multiply-adds are not always faster, measured on this machine. No
            model needed.
          </p>
          <Button onPress={() => feature.view.setState({ isLesson: true, tab: 'factorise' })}>Open the lesson</Button>
        </section>
      </div>
    </div>
  )
}
