import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { cx } from '../../ui/cx'
import { useIsPrinting, useMediaQuery } from '../../ui/hooks'
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
/** Below this, the figures have no column of their own. */
const narrowQuery = '(max-width: 1099px)'

/** A race: its lanes, the text, the rounds and the tree, and what the numbers say. */
export function Bench() {
  const isPrinting = useIsPrinting()
  const isLow = useMediaQuery(lowQuery) && !isPrinting
  const isNarrow = useMediaQuery(narrowQuery) && !isPrinting
  return (
    <>
      <div className={cx(styles.bench, isNarrow && styles.narrow)}>
        <div className={isLow ? styles.lowLeft : styles.left}>
          <RaceSection />
          {isLow ? (
            <OnePlace hasFigures={isNarrow} />
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
        {isNarrow ? null : <Figures />}
      </div>
      <Scrubber />
    </>
  )
}

function Figures() {
  return (
    <aside className={styles.side} aria-label="Figures" data-region="figures">
      <SideColumn />
    </aside>
  )
}

const tabs: readonly { readonly key: BenchTab; readonly label: string }[] = [
  { key: 'output', label: 'Output' },
  { key: 'rounds', label: 'Rounds' },
  { key: 'tree', label: 'Draft tree' },
  { key: 'figures', label: 'Figures' },
]

const views: Readonly<Record<BenchTab, () => ReactNode>> = {
  output: () => <OutputSection />,
  rounds: () => <RoundsSection />,
  tree: () => <TreeSection />,
  figures: () => <Figures />,
}

/** One view at a time. Its tabs stand in the view's own heading row, in place of the heading that they repeat. */
function OnePlace({ hasFigures }: { readonly hasFigures: boolean }) {
  const { view } = useSpeculate()
  const chosen = useStore(view, (state) => state.benchTab)
  const offered = hasFigures ? tabs : tabs.slice(0, 3)
  const tab = offered.some(({ key }) => key === chosen) ? chosen : 'output'
  return (
    <div className={cx(styles.place, hasFigures && styles.wide)} data-tab={tab}>
      <div className={styles.tabs}>
        <Segmented
          label="View"
          size="sm"
          value={tab}
          options={offered}
          onChange={(benchTab) => view.setState({ benchTab })}
        />
      </div>
      {views[tab]()}
    </div>
  )
}
