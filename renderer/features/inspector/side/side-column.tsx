import { useStore } from 'zustand'
import { useInspector } from '../context'
import { GroupCard } from './group-card'
import { ModelCard } from './model-card'
import { NodeCard } from './node-card'
import { ScopeCard } from './scope-card'
import styles from './side-column.module.css'
import { TensorCard } from './tensor-card'
import { WeightCard } from './weight-card'

/** What is known of the selected part; of the whole model where nothing is selected. */
export function SideColumn() {
  const { view } = useInspector()
  const selected = useStore(view, (state) => state.selected)
  return <div className={styles.column}>{card(selected)}</div>
}

function card(selected: ReturnType<ReturnType<typeof useInspector>['view']['getState']>['selected']) {
  switch (selected?.kind) {
    case undefined:
      return <ModelCard />
    case 'scope':
      return <ScopeCard key={selected.index} scope={selected.index} />
    case 'node':
      return <NodeCard key={selected.index} node={selected.index} />
    case 'tensor':
      return <TensorCard key={selected.index} tensor={selected.index} />
    case 'weight':
      return <WeightCard key={selected.index} weight={selected.index} />
    case 'group':
      return <GroupCard key={selected.index} group={selected.index} />
  }
}
