import { useMemo } from 'react'
import { useStore } from 'zustand'
import { DepthBars, type DepthBar } from '../../../charts/depth-bars'
import { useInspector, useOpened, type Opened } from '../context'
import { metricFigure, metricNames, metricWords, type Metric } from '../model/costs'
import { hover, select } from '../view-store'
import styles from './chart-view.module.css'
import { nodeWords, placeName } from './node-words'
import { useRoom } from './use-room'

const mostBars = 160
const colors = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c6)'] as const
const others = 'other operators'

const units: Readonly<Record<Metric, string>> = { parameters: 'parameters', macs: 'MMAC', time: 'ms, median' }

/** Where along the way from input to output the cost lies, and which operators make it. */
export function DepthView() {
  const { view } = useInspector()
  const opened = useOpened()
  const { ref, height } = useRoom()
  const metric = useStore(view, (state) => state.metric)
  const { bars, kinds, nodesAt, unknown } = useMemo(() => barsOf(opened, metric), [opened, metric])
  const selected = useStore(view, (state) => (state.selected?.kind === 'node' ? state.selected.index : null))
  const hovered = useStore(view, (state) => (state.hovered?.kind === 'node' ? state.hovered.index : null))
  const keyOf = (node: number | null) => {
    const at = node === null ? -1 : nodesAt.findIndex((nodes) => nodes.includes(node))
    return at < 0 ? null : String(at)
  }
  if (bars.every(({ parts }) => parts.length === 0)) {
    return (
      <div className={styles.missing}>
        <p>
          {metric === 'time' ? 'Nothing is measured yet: press Measure.' : 'Give the sizes in the left column a value.'}
        </p>
      </div>
    )
  }
  const first = (key: string) => nodesAt[Number(key)]?.[0] ?? 0
  return (
    <div className={styles.view}>
      <div ref={ref} className={styles.chart}>
        <DepthBars
          title={`${metricNames[metric]} along the depth`}
          note={`${units[metric]}${bars.length < nodesAt.flat().length ? `, ${bars.length} steps of several nodes` : ', one bar a node'}${unknown > 0 ? `; ${unknown} unknown left out` : ''}`}
          summary={`${metricNames[metric]} of ${bars.length} steps from input to output`}
          bars={bars}
          kinds={kinds}
          formatValue={(value) => metricFigure(metric, value)}
          selected={keyOf(selected)}
          hovered={keyOf(hovered)}
          height={height}
          onSelect={(key) =>
            select(view, { kind: 'node', index: largestOf(nodesAt[Number(key)] ?? [first(key)], opened, metric) })
          }
          onHover={(key) => hover(view, key === null ? null : { kind: 'node', index: first(key) })}
        />
      </div>
    </div>
  )
}

function largestOf(nodes: readonly number[], { costs }: Opened, metric: Metric): number {
  return nodes.reduce(
    (best, node) => ((costs.nodes[metric][node] ?? -1) > (costs.nodes[metric][best] ?? -1) ? node : best),
    nodes[0]!,
  )
}

interface Bars {
  readonly bars: readonly DepthBar[]
  readonly kinds: readonly { readonly name: string; readonly color: string }[]
  readonly nodesAt: readonly (readonly number[])[]
  readonly unknown: number
}

function barsOf(opened: Opened, metric: Metric): Bars {
  const { inspection, graph, costs } = opened
  const values = costs.nodes[metric]
  // Nodes without any of it would be gaps without meaning.
  const shown = graph.top.filter((node) => (values[node] ?? 0) > 0)
  const unknown = metric === 'time' ? 0 : graph.top.filter((node) => (values[node] ?? null) === null).length
  const sums = new Map<string, number>()
  for (const node of shown) {
    const { op } = inspection.nodes[node]!
    sums.set(op, (sums.get(op) ?? 0) + (values[node] ?? 0))
  }
  const named = [...sums].toSorted((a, b) => b[1] - a[1]).map(([op]) => op)
  const kinds = [
    ...named.slice(0, colors.length).map((name, index) => ({ name, color: colors[index]! })),
    ...(named.length > colors.length ? [{ name: others, color: 'var(--chart-2)' }] : []),
  ]
  const size = Math.max(1, Math.ceil(shown.length / mostBars))
  const nodesAt: number[][] = []
  for (let at = 0; at < shown.length; at += size) nodesAt.push(shown.slice(at, at + size))
  const bars = nodesAt.map((nodes, index) => {
    const parts = kinds.map(({ name }, kind) => ({
      kind,
      value: nodes.reduce((sum, node) => {
        const { op } = inspection.nodes[node]!
        const isOfKind = name === others ? named.indexOf(op) >= colors.length : op === name
        return isOfKind ? sum + (values[node] ?? 0) : sum
      }, 0),
    }))
    const total = parts.reduce((sum, { value }) => sum + value, 0)
    const label =
      nodes.length === 1 ? placeName(nodes[0]!, opened) : `${placeName(nodes[0]!, opened)} and ${nodes.length - 1} more`
    const words = nodes.length === 1 ? nodeWords(nodes[0]!, opened) : metricWords(metric, total)
    return { key: String(index), label, parts, words }
  })
  return { bars, kinds, nodesAt, unknown }
}
