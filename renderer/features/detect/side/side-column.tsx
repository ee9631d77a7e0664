import { useStore } from 'zustand'
import { Tabs, type TabItem } from '../../../ui/tabs'
import { useDetect } from '../context'
import { useShownBoxes } from '../selectors'
import type { SideTab } from '../view-store'
import { CompareTab } from './compare-tab'
import { ObjectsTab } from './objects-tab'
import { TruthTab } from './truth-tab'

const items: readonly TabItem<SideTab>[] = [
  { key: 'objects', label: 'Objects', count: <ObjectCount />, content: <ObjectsTab /> },
  { key: 'compare', label: 'Compare', content: <CompareTab /> },
  { key: 'truth', label: 'Labels', content: <TruthTab /> },
]

/** What was found as figures, beside another model, and against labels. */
export function SideColumn() {
  const { view } = useDetect()
  const tab = useStore(view, (state) => state.sideTab)
  return <Tabs label="What was found" value={tab} items={items} onChange={(sideTab) => view.setState({ sideTab })} />
}

function ObjectCount() {
  return useShownBoxes().length || null
}
