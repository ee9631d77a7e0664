import type { Layer, LayerError } from '../../../../../contract/precision-results'

export type LayerView = 'isolated' | 'accumulated'
export type LayerOrder = 'worst' | 'depth'

export interface LayerRow {
  readonly layer: number
  /** Relative errors by column; null where it was not measured, and where there is none: a logarithm has no place for it. */
  readonly values: readonly (number | null)[]
}

const mostWorst = 10

/** The rows of the chart: the ten with the largest error of any column, or all of them in the graph's order. */
export function layerRows(
  layers: readonly Layer[],
  columns: readonly (readonly LayerError[])[],
  kind: LayerView,
  order: LayerOrder,
): readonly LayerRow[] {
  const byLayer = columns.map((errors) => new Map(errors.map((error) => [error.layer, error])))
  const rows = layers.map((_, layer) => ({
    layer,
    values: byLayer.map((errors) => {
      const error = errors.get(layer)
      return (kind === 'isolated' ? error?.isolatedRelative : error?.accumulatedRelative) || null
    }),
  }))
  if (order === 'depth') return rows
  const worst = ({ values }: LayerRow) => Math.max(-1, ...values.map((value) => value ?? -1))
  return [...rows].sort((one, other) => worst(other) - worst(one)).slice(0, mostWorst)
}

/** A layer's name in the room beside the chart: its end, which tells layers apart, without the operator. */
export function shortLayer(name: string, most = 20): string {
  const parts = name.split(/[/.]/).filter((part) => part !== '' && !/^(MatMul|Gemm|Conv)(_\d+)?$/.test(part))
  const text = parts.join(' ')
  return text.length <= most ? text || name : `…${text.slice(-most + 1)}`
}
