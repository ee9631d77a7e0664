import { useMemo } from 'react'
import { useStore } from 'zustand'
import { Treemap, type TreemapTile } from '../../../charts/treemap'
import { useInspector, useOpened, type Opened } from '../context'
import { metricWords, type Metric } from '../model/costs'
import { formatMacs, threeFigures } from '../model/figures'
import { hover, select } from '../view-store'
import styles from './chart-view.module.css'
import { nodeWords, placeName } from './node-words'
import { useRoom } from './use-room'

/** Smaller parts could not be told from each other. */
const mostTiles = 400

/** Where the multiply-adds go, by area; how dear each of them is in time, by colour. */
export function TreemapView() {
  const { view } = useInspector()
  const opened = useOpened()
  const { ref, height } = useRoom()
  const shownMetric = useStore(view, (state) => state.metric)
  // Time would be both area and colour.
  const metric: Metric = shownMetric === 'parameters' ? 'parameters' : 'macs'
  const selected = useStore(view, (state) => (state.selected?.kind === 'node' ? String(state.selected.index) : null))
  const hovered = useStore(view, (state) => (state.hovered?.kind === 'node' ? String(state.hovered.index) : null))
  const { tiles, left, scale } = useMemo(() => tilesOf(opened, metric), [opened, metric])
  if (tiles.length === 0) {
    return (
      <div className={styles.missing}>
        <p>No node has a known number of multiply-adds. Give the sizes in the left column a value.</p>
      </div>
    )
  }
  return (
    <div className={styles.view}>
      <div ref={ref} className={styles.chart}>
        <Treemap
          title={metric === 'macs' ? 'Where the multiply-adds go' : 'Where the parameters lie'}
          note={`area: ${metric === 'macs' ? 'MMAC' : 'parameters'}${scale === null ? '; measure it for colours' : ''}${left > 0 ? `; ${left} smaller ones left out` : ''}`}
          summary={`Treemap of ${tiles.length} nodes; the largest is ${tiles[0]!.label} with ${tiles[0]!.figure}`}
          tiles={tiles}
          scale={scale}
          selected={selected}
          hovered={hovered}
          height={height}
          onSelect={(key) => select(view, { kind: 'node', index: Number(key) })}
          onHover={(key) => hover(view, key === null ? null : { kind: 'node', index: Number(key) })}
        />
      </div>
    </div>
  )
}

interface Tiles {
  readonly tiles: readonly TreemapTile[]
  readonly left: number
  readonly scale: { readonly low: string; readonly high: string; readonly name: string } | null
}

function tilesOf(opened: Opened, metric: Metric): Tiles {
  const { graph, costs } = opened
  const values = graph.top
    .map((node) => ({ node, value: costs.nodes[metric][node] ?? 0 }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
  const shown = values.slice(0, mostTiles)
  const prices = new Map(
    shown.flatMap(({ node }) => {
      const macs = costs.nodes.macs[node] ?? null
      const time = costs.profiled.get(node)?.median
      return macs === null || macs === 0 || time === undefined ? [] : [[node, time / macs] as const]
    }),
  )
  const [low, high] = [Math.min(...prices.values()), Math.max(...prices.values())]
  const span = Math.log(high) - Math.log(low)
  const heatOf = (node: number): number | null => {
    const price = prices.get(node)
    return price === undefined ? null : span === 0 ? 0.5 : (Math.log(price) - Math.log(low)) / span
  }
  return {
    tiles: shown.map(({ node, value }) => ({
      key: String(node),
      label: placeName(node, opened),
      value,
      heat: heatOf(node),
      figure: metric === 'macs' ? formatMacs(value) : metricWords(metric, value),
      words: nodeWords(node, opened),
    })),
    left: values.length - shown.length,
    scale:
      prices.size === 0
        ? null
        : { name: 'ms per GMAC', low: threeFigures(low * 1e9), high: `${threeFigures(high * 1e9)}, logarithmic` },
  }
}
