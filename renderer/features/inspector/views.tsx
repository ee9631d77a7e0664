import { useStore } from 'zustand'
import { Tabs, type TabItem } from '../../ui/tabs'
import { DepthView } from './charts/depth-view'
import { RooflineView } from './charts/roofline-view'
import { TreemapView } from './charts/treemap-view'
import { WeightTreemap } from './charts/weight-treemap'
import { useInspector, useOpened } from './context'
import { DifferenceView } from './difference/difference-view'
import { ChartExport } from './export/chart-export'
import { FactoriseView } from './factorise/factorise-view'
import { GraphView } from './graph/graph-view'
import { TableView } from './table/table-view'
import type { ViewTab } from './view-store'
import { WeightsView } from './weights/weights-view'
import styles from './views.module.css'

/** The views of a model, one at a time. */
export function Views() {
  const { view, difference } = useInspector()
  const { inspection } = useOpened()
  const tab = useStore(view, (state) => state.tab)
  const isComparing = useStore(
    difference,
    (state) => state.other !== null || state.opening !== null || state.failure !== null,
  )
  const items: readonly TabItem<ViewTab>[] = [
    ...(inspection.nodes.length > 0
      ? ([
          { key: 'graph', label: 'Graph', content: <GraphView /> },
          { key: 'table', label: 'Table', content: <TableView /> },
          { key: 'treemap', label: 'Treemap', content: <TreemapView /> },
          { key: 'depth', label: 'Depth', content: <DepthView /> },
          { key: 'roofline', label: 'Roofline', content: <RooflineView /> },
        ] satisfies TabItem<ViewTab>[])
      : []),
    { key: 'weights', label: 'Weights', content: <WeightsView /> },
    ...(inspection.nodes.length > 0
      ? ([{ key: 'factorise', label: 'Factorise', content: <FactoriseView /> }] satisfies TabItem<ViewTab>[])
      : ([{ key: 'treemap', label: 'Treemap', content: <WeightTreemap /> }] satisfies TabItem<ViewTab>[])),
    ...(isComparing
      ? ([{ key: 'difference', label: 'Difference', content: <DifferenceView /> }] satisfies TabItem<ViewTab>[])
      : []),
  ]
  const shown = items.some(({ key }) => key === tab) ? tab : items[0]!.key
  return (
    <div className={styles.views} data-region="view">
      <Tabs
        label="Views"
        value={shown}
        items={items}
        onChange={(next) => view.setState({ tab: next })}
        end={['treemap', 'depth', 'roofline', 'factorise'].includes(shown) ? <ChartExport /> : null}
      />
    </div>
  )
}
