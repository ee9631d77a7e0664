import { useStore } from 'zustand'
import { Tabs } from '../../../../ui/tabs'
import { usePrecision } from '../../context'
import type { ShownComparison } from '../comparison-store'
import { FormatsTab } from './formats-tab'
import { LayersTab } from './layers-tab'
import { MixTab } from './mix-tab'
import styles from './side-column.module.css'

/** Why a precision differs: its layers, its format's window, and the mix that would be enough. */
export function SideColumn({ shown }: { readonly shown: ShownComparison }) {
  const { view } = usePrecision()
  const side = useStore(view, (state) => state.side)
  return (
    <aside className={styles.column} aria-label="Why they differ" data-region="details">
      <Tabs
        label="Why they differ"
        value={side}
        items={[
          { key: 'layers', label: 'Layers', content: <LayersTab shown={shown} /> },
          { key: 'formats', label: 'Formats', content: <FormatsTab shown={shown} /> },
          { key: 'mix', label: 'Mix', content: <MixTab shown={shown} /> },
        ]}
        onChange={(next) => view.setState({ side: next })}
      />
    </aside>
  )
}
