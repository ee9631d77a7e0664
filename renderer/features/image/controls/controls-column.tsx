import { ControlsFooter } from './controls-footer'
import styles from './controls-column.module.css'
import { ModelSection } from './model-section'
import { MoreSection } from './more-section'
import { PromptSection } from './prompt-section'
import { SamplingSection } from './sampling-section'
import { StartImageSection } from './start-image-section'

/** Everything that decides the next picture. */
export function ControlsColumn() {
  return (
    <aside className={styles.side} aria-label="Settings of the next picture">
      <div className={styles.scroll}>
        <PromptSection />
        <ModelSection />
        <SamplingSection />
        <StartImageSection />
        <MoreSection />
      </div>
      <ControlsFooter />
    </aside>
  )
}
