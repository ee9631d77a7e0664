import { useStore } from 'zustand'
import { useStudio } from '../../studio/context'
import { ComparePage } from './compare/compare-page'
import { PrecisionContext } from './context'
import { precisionFeatureOf } from './feature'
import { NumbersPage } from './numbers/numbers-page'
import { TrainingPage } from './training/training-page'
import styles from './precision-panel.module.css'

/** What a number format costs: one model in several, one number in all of them, and what training does about it. */
export function PrecisionPanel() {
  const feature = precisionFeatureOf(useStudio())
  const page = useStore(feature.view, (state) => state.page)
  return (
    <PrecisionContext.Provider value={feature}>
      <div className={styles.panel}>
        {page === 'compare' ? <ComparePage /> : page === 'numbers' ? <NumbersPage /> : <TrainingPage />}
      </div>
    </PrecisionContext.Provider>
  )
}
