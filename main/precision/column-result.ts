// What was measured of a column, as the record keeps it.

import { toFailure } from '../../contract/errors'
import type { Recipe } from '../../contract/precision'
import type { ColumnResult, Errors, Kernel, LayerError } from '../../contract/precision-results'
import { readGraphOutline } from '../runtime/graph-outline'
import { columnErrors } from './column-errors'
import { recipeLabel } from './column-labels'
import type { MadeColumn } from './column-maker'
import { takesLayer } from './convert'
import type { EditableGraph } from './editable-graph'
import type { RawOutput } from './subject'
import { truthOf } from './truth'
import { weightLayers } from './weight-layers'

/** A column as the worker hands it out: pictures are still pixels. */
export type RawColumn = Omit<ColumnResult, 'output'> & { readonly output: RawOutput | null }

/** What running a column gave. */
export interface Measured {
  readonly column: MadeColumn
  readonly made: unknown
  readonly run: ColumnResult['run']
  readonly peakMemory: ColumnResult['peakMemory']
  readonly loadMilliseconds: number
}

export interface ColumnFacts {
  readonly recipe: Recipe
  readonly measured: Measured
  readonly kernels: readonly Kernel[]
  readonly layers: readonly LayerError[]
  /** The reference's main graph, and where the model's own is. */
  readonly main: EditableGraph
  readonly own: string
}

/** @param compared what the subject says of the column beside the reference */
export function columnResult(
  { recipe, measured, kernels, layers, main, own }: ColumnFacts,
  { errors, output }: { readonly errors: Errors; readonly output: RawOutput },
): RawColumn {
  const all = weightLayers(main)
  const keep = new Set(recipe.keep)
  const taken = all.filter((layer) => takesLayer(layer, recipe) && !keep.has(layer.name)).length
  const truth = truthOf(recipe, [...kernels], taken, all.length, storedTypes(own))
  return {
    recipe,
    label: recipeLabel(recipe),
    failure: null,
    bytes: Object.values(measured.column.paths).reduce((sum, path) => sum + readGraphOutline(path).bytes, 0),
    convertMilliseconds: measured.column.milliseconds,
    loadMilliseconds: measured.loadMilliseconds,
    run: measured.run,
    peakMemory: measured.peakMemory,
    errors,
    truth,
    output,
    layers: [...layers],
  }
}

/** Element types that a graph's weights are stored in, a few numbers among them aside. */
function storedTypes(path: string): string[] {
  const { weightBytes } = readGraphOutline(path)
  const all = [...weightBytes.values()].reduce((sum, bytes) => sum + bytes, 0)
  return [...weightBytes].flatMap(([type, bytes]) => (bytes > 0.02 * all ? [type] : []))
}

/** A column that could not be measured. */
export function failedColumn(recipe: Recipe, error: unknown): RawColumn {
  return {
    recipe,
    label: recipeLabel(recipe),
    failure: toFailure(error),
    bytes: 0,
    convertMilliseconds: null,
    loadMilliseconds: 0,
    run: { unit: 'run', median: 0, p95: 0, samples: 0, total: 0 },
    peakMemory: { bytes: 0, method: 'sampled' },
    errors: { ...columnErrors([], []), maxAbsolute: null, sqnr: null },
    truth: { ...truthOf(recipe, [], 0, 0), sentence: 'It did not run.' },
    output: null,
    layers: [],
  }
}
