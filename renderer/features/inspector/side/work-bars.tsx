import { useMemo } from 'react'
import { useStore } from 'zustand'
import { Section } from '../../../ui/section'
import { useInspector, useOpened, type Opened } from '../context'
import { metricFigure, type Metric } from '../model/costs'
import { isSameItem, itemKey, type Item } from '../model/item'
import { nodeLabel } from '../model/model-graph'
import { scopeItems } from '../model/tree-rows'
import { hover, select } from '../view-store'
import styles from './work-bars.module.css'

const most = 12

/** Where the work goes among the parts of a scope: the largest first, with its time beside it. */
export function WorkBars({ scope }: { readonly scope: number }) {
  const { view } = useInspector()
  const opened = useOpened()
  const metric = useStore(view, (state) => state.metric)
  const selected = useStore(view, (state) => state.selected)
  const hovered = useStore(view, (state) => state.hovered)
  const parts = useMemo(() => partsOf(scope, opened, metric), [scope, opened, metric])
  const whole = parts[0]?.value ?? 0
  if (parts.length < 2 || whole === 0) return null
  const other: Metric = metric === 'time' ? 'macs' : 'time'
  return (
    <Section title="Where the work goes" note={`${headings[metric]}, ${headings[other]}`}>
      <ul className={styles.bars} onPointerLeave={() => hover(view, null)}>
        {parts.slice(0, most).map(({ item, label, value, beside }) => (
          <li key={itemKey(item)}>
            <button
              type="button"
              data-on={isSameItem(item, selected) || undefined}
              data-hovered={isSameItem(item, hovered) || undefined}
              onClick={() => select(view, item)}
              onPointerEnter={() => hover(view, item)}
            >
              <span className={styles.label}>{label}</span>
              <span className={styles.room}>
                <i style={{ width: `${Math.max(1, (100 * value) / whole)}%` }} />
              </span>
              <span className={styles.value}>{metricFigure(metric, value)}</span>
              <span className={styles.beside}>{metricFigure(other, beside)}</span>
            </button>
          </li>
        ))}
      </ul>
      {parts.length > most ? <p className={styles.more}>and {parts.length - most} smaller</p> : null}
    </Section>
  )
}

const headings: Readonly<Record<Metric, string>> = { parameters: 'parameters', macs: 'MMAC', time: 'ms' }

interface Part {
  readonly item: Item
  readonly label: string
  readonly value: number
  readonly beside: number | null
}

function partsOf(scope: number, { inspection, graph, costs }: Opened, metric: Metric): readonly Part[] {
  const other: Metric = metric === 'time' ? 'macs' : 'time'
  let at = scope
  // A scope that holds nothing but one other tells nothing.
  while ((graph.scopesIn[at] ?? []).length === 1 && (graph.nodesIn[at] ?? []).length === 0) at = graph.scopesIn[at]![0]!
  return scopeItems(inspection, graph, at)
    .flatMap((item) => {
      const table = item.kind === 'scope' ? costs.scopes : costs.nodes
      const value = table[metric][item.index] ?? null
      if (value === null || value === 0) return []
      const node = inspection.nodes[item.index]
      const label = item.kind === 'scope' ? (inspection.scopes[item.index]?.name ?? '') : node ? nodeLabel(node) : ''
      return [{ item, label, value, beside: table[other][item.index] ?? null }]
    })
    .toSorted((a, b) => b.value - a.value)
}
