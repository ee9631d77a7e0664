import { AttentionSection } from './attention-section'
import { ClassesSection } from './classes-section'
import { ModelSection } from './model-section'
import { SourceSection } from './source-section'
import styles from './source-column.module.css'

/** Where pictures come from, who looks at them, and which classes are shown. */
export function SourceColumn() {
  return (
    <aside className={styles.column} aria-label="Source and classes" data-region="source">
      <SourceSection />
      <ModelSection />
      <ClassesSection />
      <AttentionSection />
    </aside>
  )
}
