import { useStore } from 'zustand'
import type { FreeDimension } from '../../../../contract/inspection'
import { Button } from '../../../ui/button'
import { useInspector, useOpened } from '../context'
import { setSize, setSizes } from '../count'
import { suggestedSizes } from '../sizes-store'
import { SizeField } from './size-field'
import styles from './sizes-section.module.css'

/** The sizes that the file leaves free, as number fields: every figure follows at once. */
export function SizesSection() {
  const feature = useInspector()
  const { inspection } = useOpened()
  const sizes = useStore(feature.sizes, (state) => state.sizes)
  const counts = useStore(feature.sizes, (state) => state.counts)
  const failure = useStore(feature.sizes, (state) => state.failure)
  const { dimensions } = inspection
  if (dimensions.length === 0) return null
  const missing = counts?.missing ?? []
  const suggested = suggestedSizes(dimensions)
  const isSuggested = Object.entries(suggested).every(([name, size]) => sizes[name] === size)

  function fieldOf(dimension: FreeDimension) {
    return (
      <SizeField
        key={`${inspection.id} ${dimension.name}`}
        dimension={dimension}
        size={sizes[dimension.name] ?? null}
        counted={counts?.sizes[dimension.name] ?? null}
        isMissing={missing.includes(dimension.name)}
        onChange={(size) => setSize(feature, dimension.name, size)}
      />
    )
  }

  return (
    <section className={styles.section} aria-label="Sizes">
      <header className={styles.head}>
        <h2>Sizes</h2>
        {missing.length > 0 ? <span className={styles.missing}>needs {missing.length}</span> : null}
        {isSuggested ? null : (
          <Button variant="ghost" size="sm" onPress={() => setSizes(feature, suggested)}>
            Suggest
          </Button>
        )}
      </header>
      <div className={styles.fields}>
        {dimensions.filter(({ isFoundInRun }) => !isFoundInRun).map(fieldOf)}
        {dimensions.some(({ isFoundInRun }) => isFoundInRun) ? (
          <h3 className={styles.inRun}>Only a run can tell</h3>
        ) : null}
        {dimensions.filter(({ isFoundInRun }) => isFoundInRun).map(fieldOf)}
      </div>
      {failure === null ? null : <p className={styles.failure}>{failure.message}</p>}
    </section>
  )
}
