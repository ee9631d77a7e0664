import { useState } from 'react'
import { useStore } from 'zustand'
import { LayerErrors } from '../../../../charts/layer-errors'
import { Segmented } from '../../../../ui/segmented'
import { usePrecision } from '../../context'
import type { ShownComparison } from '../comparison-store'
import { columnWords } from '../words'
import { layerRows, shortLayer, type LayerOrder, type LayerView } from './layer-rows'
import styles from './side-column.module.css'

const colours = ['var(--c6)', 'var(--c2)', 'var(--c1)', 'var(--c4)', 'var(--c3)', 'var(--c7)']

/** Which layers lose most: each alone in low precision, or with all before it. */
export function LayersTab({ shown }: { readonly shown: ShownComparison }) {
  const { view } = usePrecision()
  const [kind, setKind] = useState<LayerView>('accumulated')
  const [order, setOrder] = useState<LayerOrder>('worst')
  const chosen = useStore(view, (state) => state.layer)
  const columns = shown.columns.slice(1).filter(({ result }) => (result?.layers.length ?? 0) > 0)
  if (columns.length === 0) {
    return (
      <p className={styles.none}>
        {shown.isRunning
          ? 'Errors layer by layer come with each precision’s figures.'
          : 'No errors layer by layer were measured. Switch them on where the precisions are chosen, and run again.'}
      </p>
    )
  }
  const rows = layerRows(
    shown.layers,
    columns.map(({ result }) => result!.layers),
    kind,
    order,
  )
  return (
    <>
      <div className={styles.bar}>
        <Segmented
          label="Which error"
          size="sm"
          value={kind}
          options={[
            { key: 'accumulated', label: 'With all before' },
            { key: 'isolated', label: 'Alone' },
          ]}
          onChange={setKind}
        />
        <Segmented
          label="Order of layers"
          size="sm"
          value={order}
          options={[
            { key: 'worst', label: 'Worst' },
            { key: 'depth', label: 'Depth' },
          ]}
          onChange={setOrder}
        />
      </div>
      <div className={styles.chart}>
        <LayerErrors
          title={order === 'worst' ? `Worst ${rows.length} layers` : `${rows.length} layers in depth`}
          note={columns.length > 2 ? '' : 'relative'}
          series={columns.map(({ recipe }, index) => ({
            label: columnWords[recipe.column],
            colour: colours[index % colours.length]!,
          }))}
          rows={rows.map(({ layer, values }) => ({
            name: shortLayer(shown.layers[layer]!.name),
            full: shown.layers[layer]!.name,
            values,
            isChosen: layer === chosen,
            choose: () => view.setState({ layer, side: 'formats' }),
          }))}
        />
      </div>
    </>
  )
}
