import { useMemo } from 'react'
import { useStore } from 'zustand'
import { Treemap } from '../../../charts/treemap'
import { Segmented } from '../../../ui/segmented'
import { useInspector, useOpened } from '../context'
import { threeFigures } from '../model/figures'
import { hover, select } from '../view-store'
import styles from './chart-view.module.css'
import { useRoom } from './use-room'
import { weightTiles } from './weight-tiles'

/** Of a file of weights alone: where its bytes or its parameters lie, by area; how many bits each of them takes, by colour. */
export function WeightTreemap() {
  const { view } = useInspector()
  const { inspection } = useOpened()
  const { ref, height } = useRoom()
  const area = useStore(view, (state) => state.weightArea)
  const selected = useStore(view, (state) => (state.selected?.kind === 'weight' ? String(state.selected.index) : null))
  const hovered = useStore(view, (state) => (state.hovered?.kind === 'weight' ? String(state.hovered.index) : null))
  const { tiles, left, bits } = useMemo(() => weightTiles(inspection, area), [inspection, area])
  const first = tiles[0]
  if (first === undefined) {
    return (
      <div className={styles.missing}>
        <p>The file holds no weights.</p>
      </div>
    )
  }
  const areaWords = area === 'stored' ? 'stored bytes' : 'parameters'
  return (
    <div className={styles.view}>
      <div className={styles.choice}>
        <Segmented
          size="sm"
          label="Area"
          value={area}
          options={[
            { key: 'stored', label: 'Stored' },
            { key: 'parameters', label: 'Parameters' },
          ]}
          onChange={(next) => view.setState({ weightArea: next })}
        />
      </div>
      <div ref={ref} className={styles.chart}>
        <Treemap
          title={area === 'stored' ? 'Where the bytes lie' : 'Where the parameters lie'}
          note={`area: ${areaWords}${bits === null ? '; all are stored alike' : ''}${left > 0 ? `; ${left} smaller ones left out` : ''}`}
          summary={`Treemap of ${tiles.length} weights; the largest is ${first.label} with ${first.figure}`}
          tiles={tiles}
          scale={
            bits === null
              ? null
              : {
                  name: 'bits per parameter',
                  low: threeFigures(bits.least),
                  high: `${threeFigures(bits.most)}, logarithmic`,
                }
          }
          selected={selected}
          hovered={hovered}
          height={height}
          onSelect={(key) => select(view, { kind: 'weight', index: Number(key) })}
          onHover={(key) => hover(view, key === null ? null : { kind: 'weight', index: Number(key) })}
        />
      </div>
    </div>
  )
}
