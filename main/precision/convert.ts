// From a model's float32 graph to a column's: one obvious place for what each recipe does.

import { StudioError } from '../../contract/errors'
import type { Recipe } from '../../contract/precision'
import type { NodeProto } from '../runtime/onnx/onnx_pb'
import type { EditableGraph } from './editable-graph'
import { emulatedLayer, emulateResults, allowCasts } from './emulate'
import { halfLayer, makeHalfGraph } from './half-graph'
import { blockLayer, dynamicLayer, staticLayerAlone, takesProducts, takesStatic, type Ranges } from './quantised-layers'
import { emulatedFormat } from './recipe-formats'
import { makeStaticGraph } from './static-graph'
import { weightLayers, type WeightLayer } from './weight-layers'

/** Grows when the same recipe would make another graph: what was made before is then made anew. */
export const converterVersion = 3

/** Whether a recipe needs ranges from calibration. */
export function needsCalibration({ column }: Pick<Recipe, 'column'>): boolean {
  return column === 'int8-static'
}

/** Whether a recipe changes a layer at all, kept ones aside. */
export function takesLayer(layer: WeightLayer, { column }: Pick<Recipe, 'column'>): boolean {
  switch (column) {
    case 'fp32':
    case 'own':
      return false
    case 'int8-dynamic':
    case 'int8-weights':
    case 'int4':
      return takesProducts(layer)
    case 'int8-static':
      return takesStatic(layer)
    default:
      return true
  }
}

/** The layers of a float32 graph that a recipe makes low. */
export function lowLayers(graph: EditableGraph, recipe: Recipe): WeightLayer[] {
  const keep = new Set(recipe.keep)
  return weightLayers(graph).filter((layer) => takesLayer(layer, recipe) && !keep.has(layer.name))
}

/** One layer made low by itself, between float32 values: for measuring what it alone does. */
export function lowLayer(
  graph: EditableGraph,
  layer: WeightLayer,
  output: string,
  recipe: Recipe,
  ranges: Ranges,
): NodeProto[] {
  const emulated = emulatedFormat(recipe)
  if (emulated !== null) return emulatedLayer(graph, layer, output, emulated)
  switch (recipe.column) {
    case 'fp16':
      return halfLayer(graph, layer, output)
    case 'int8-dynamic':
      return dynamicLayer(graph, layer, output, recipe)
    case 'int8-static':
      return staticLayerAlone(graph, layer, output, ranges, recipe)
    default:
      return blockLayer(graph, layer, output, recipe)
  }
}

/**
 * Turns a float32 graph (as makeFloatGraph leaves it) into a column's, in place.
 * @param ranges of `quantisedValues`, for recipes that need calibration
 * @throws StudioError MODEL_UNSUPPORTED where the graph has nothing that the recipe changes, or cannot be changed so
 */
export function convertGraph(graph: EditableGraph, recipe: Recipe, ranges: Ranges = new Map()): void {
  if (recipe.column === 'fp32') return
  const layers = lowLayers(graph, recipe)
  const kept = new Set(recipe.keep)
  const keptNodes = new Set(
    weightLayers(graph)
      .filter(({ name }) => kept.has(name))
      .map(({ node }) => node),
  )
  if (layers.length === 0 && keptNodes.size === 0) {
    throw new StudioError('MODEL_UNSUPPORTED', 'The graph has no layers that this precision changes', {
      remedy: 'Choose another precision, or another graph of the model.',
      detail: graph.path,
    })
  }
  const emulated = emulatedFormat(recipe)
  if (emulated !== null) {
    allowCasts(graph, emulated)
    if (emulated.rounds === 'results') emulateResults(graph, emulated, keptNodes)
    else replaceLayers(graph, layers, (layer) => emulatedLayer(graph, layer, layer.output, emulated))
  } else if (recipe.column === 'fp16') {
    makeHalfGraph(graph, keptNodes)
  } else if (recipe.column === 'int8-static') {
    makeStaticGraph(graph, layers, ranges, recipe)
  } else if (recipe.column === 'int8-dynamic') {
    const quantised = new Map<string, readonly [string, string, string]>()
    replaceLayers(graph, layers, (layer) => dynamicLayer(graph, layer, layer.output, recipe, quantised))
  } else {
    replaceLayers(graph, layers, (layer) => blockLayer(graph, layer, layer.output, recipe))
  }
  graph.prune()
}

function replaceLayers(
  graph: EditableGraph,
  layers: readonly WeightLayer[],
  make: (layer: WeightLayer) => readonly NodeProto[],
): void {
  const byNode = new Map(layers.map((layer) => [layer.node, layer]))
  graph.rewrite((node) => {
    const layer = byNode.get(node)
    return layer === undefined ? [node] : make(layer)
  })
}
