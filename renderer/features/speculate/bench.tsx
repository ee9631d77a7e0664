import { useStore } from 'zustand'
import { useMediaQuery } from '../../ui/hooks'
import { Segmented } from '../../ui/segmented'
import styles from './bench.module.css'
import { useSpeculate } from './context'
import { OutputSection } from './output/output-section'
import { RaceSection } from './race/race-section'
import { RoundsSection } from './rounds/rounds-section'
import { Scrubber } from './scrubber/scrubber'
import { SideColumn } from './side/side-column'
import { TreeSection } from './tree/tree-section'
import type { BenchTab } from './view-store'

/** Below this, text, rounds and tree share one place. */
const lowQuery = '(max-height: 799px), (max-width: 1099px)'

/** A race: its lanes, the text, the rounds and the tree, and what the numbers say. */
export function Bench() {
  const isLow = useMediaQuery(lowQuery)
  return (
    <>
      <div className={styles.bench}>
        <div className={isLow ? styles.lowLeft : styles.left}>
          <RaceSection />
          {isLow ? (
            <OnePlace />
          ) : (
            <>
              <OutputSection />
              <div className={styles.bottom}>
                <RoundsSection />
                <TreeSection />
              </div>
            </>
          )}
        </div>
        <aside className={styles.side} aria-label="Figures" data-region="figures">
          <SideColumn />
        </aside>
      </div>
      <Scrubber />
    </>
  )
}

const tabs: readonly { readonly key: BenchTab; readonly label: string }[] = [
  { key: 'output', label: 'Output' },
  { key: 'rounds', label: 'Rounds' },
  { key: 'tree', label: 'Draft tree' },
]

function OnePlace() {
  const { view } = useSpeculate()
  const tab = useStore(view, (state) => state.benchTab)
  return (
    <div className={styles.place}>
      <div className={styles.tabs}>
        <Segmented
          label="View"
          size="sm"
          value={tab}
          options={tabs}
          onChange={(benchTab) => view.setState({ benchTab })}
        />
      </div>
      {tab === 'output' ? <OutputSection /> : tab === 'rounds' ? <RoundsSection /> : <TreeSection />}
    </div>
  )
}
