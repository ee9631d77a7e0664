// Errors layer by layer: the tensors between layers are made outputs of both graphs and compared.

import type { Recipe } from '../../contract/precision'
import type { Decibels, Layer, LayerError } from '../../contract/precision-results'
import { exponentHistogram } from '../../contract/exponent-histogram'
import { relativeError, signalToNoise } from '../../contract/precision-statistics'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { float16To32 } from '../tensor/float16'
import type { NodeEvent } from '../runtime/profile-graph'
import { lowLayer, takesLayer } from './convert'
import { EditableGraph } from './editable-graph'
import { allowCasts } from './emulate'
import type { Feeds } from './graph-set'
import { pinChoices, runOnce, type RunPlace } from './pinned-choices'
import type { Ranges } from './quantised-layers'
import { emulatedFormat } from './recipe-formats'
import { floatsOf } from './stored-tensor'
import { weightLayers, type WeightLayer } from './weight-layers'

export interface LayerSetting extends RunPlace {
  /** Inputs of the main graph, with what the reference chose where it chooses rows (pinned-choices.ts). */
  readonly feeds: Feeds
  readonly isCancelled: () => boolean
}

/** Outputs fetched in one run: each is copied, and all of a large model's together would not fit. */
const fetchedAtOnce = 24
/** Weights above which a histogram is not counted: it takes seconds. */
const mostCounted = 20_000_000

/** Values by name out of a graph that is changed to give them. @param wanted names by what they stand for */
export async function innerValues(
  graph: EditableGraph,
  wanted: ReadonlyMap<string, { readonly name: string; readonly type: Type }>,
  setting: LayerSetting,
): Promise<Map<string, Float32Array>> {
  pinChoices(graph, setting.feeds)
  for (const { name, type } of wanted.values()) graph.addOutput(name, type)
  return runOnce(graph, setting, async (run) => {
    const values = new Map<string, Float32Array>()
    const entries = [...wanted]
    for (let start = 0; start < entries.length && !setting.isCancelled(); start += fetchedAtOnce) {
      const part = entries.slice(start, start + fetchedAtOnce)
      const outputs = await run(setting.feeds, [...new Set(part.map(([, { name }]) => name))])
      for (const [key, { name }] of part) {
        const { dtype, data } = outputs[name]!
        values.set(key, dtype === 'float16' ? float16To32(data as Uint16Array) : (data as Float32Array))
      }
    }
    return values
  })
}

/** The outputs of the reference's layers, by layer name. */
export async function referenceValues(base: EditableGraph, setting: LayerSetting): Promise<Map<string, Float32Array>> {
  const graph = base.copy()
  const wanted = new Map(weightLayers(graph).map(({ name, output }) => [name, { name: output, type: Type.FLOAT }]))
  return innerValues(graph, wanted, setting)
}

/** What is known of each layer of the reference. */
export function describeLayers(
  base: EditableGraph,
  values: ReadonlyMap<string, Float32Array>,
  milliseconds: ReadonlyMap<string, number>,
): Layer[] {
  return weightLayers(base).map((layer) => {
    const output = values.get(layer.name)
    return {
      name: layer.name,
      operator: layer.operator,
      output: layer.output,
      weights: layer.weights,
      weightHistogram: layer.weights > mostCounted ? null : exponentHistogram(floatsOf(layer.tensor)),
      outputHistogram: output === undefined ? null : exponentHistogram(output),
      milliseconds: milliseconds.get(layer.name) ?? null,
    }
  })
}

/** Milliseconds of each layer in one run, where the profile still names it. */
export function layerMilliseconds(layers: readonly WeightLayer[], events: readonly NodeEvent[]): Map<string, number> {
  const byNode = new Map(layers.map((layer) => [layer.node.name === '' ? layer.output : layer.node.name, layer.name]))
  const runs = Math.max(1, ...events.map(({ run }) => run + 1))
  const counted = runs > 1 ? runs - 1 : 1
  const times = new Map<string, number>()
  for (const { node, milliseconds, run } of events) {
    // Fusion and layout put words before or after the name of the layer that they keep.
    const name = byNode.get(node) ?? byNode.get(node.replace(/^fused /u, '').replace(/(_nchwc|_token_\d+|_nhwc)$/u, ''))
    if (name === undefined || (runs > 1 && run === 0)) continue
    times.set(name, (times.get(name) ?? 0) + milliseconds / counted)
  }
  return times
}

/** Errors of one column at every layer that the reference has. */
export async function layerErrors(
  column: { readonly recipe: Recipe; readonly path: string; readonly ranges: Ranges },
  base: EditableGraph,
  reference: ReadonlyMap<string, Float32Array>,
  setting: LayerSetting,
): Promise<LayerError[]> {
  const layers = weightLayers(base)
  const accumulated = await accumulatedValues(column.path, layers, setting)
  const isolated = await isolatedValues(base, column.recipe, column.ranges, setting)
  return layers.map(({ name }, layer) => {
    const sqnr = (values: ReadonlyMap<string, Float32Array>): Decibels => {
      const [one, other] = [reference.get(name), values.get(name)]
      // A layer without rows, such as those for pictures while words are read, has nothing to be compared.
      if (one === undefined || one.length === 0 || other?.length !== one.length) return null
      return signalToNoise(one, other)
    }
    const [alone, together] = [sqnr(isolated), sqnr(accumulated)]
    return {
      layer,
      isolated: alone,
      accumulated: together,
      isolatedRelative: relativeError(alone),
      accumulatedRelative: relativeError(together),
    }
  })
}

/** Layers' outputs in the column as it is; of float16 graphs they have another name and type. */
async function accumulatedValues(
  path: string,
  layers: readonly WeightLayer[],
  setting: LayerSetting,
): Promise<Map<string, Float32Array>> {
  const graph = EditableGraph.read(path)
  const made = graph.producers()
  const wanted = new Map<string, { name: string; type: Type }>()
  for (const { name, output } of layers) {
    if (made.has(output)) wanted.set(name, { name: output, type: Type.FLOAT })
    else if (made.has(`${output}.half`)) wanted.set(name, { name: `${output}.half`, type: Type.FLOAT16 })
  }
  return innerValues(graph, wanted, setting)
}

/** Every layer's low form beside the reference, fed by it: one run tells what each layer does by itself. */
async function isolatedValues(
  base: EditableGraph,
  recipe: Recipe,
  ranges: Ranges,
  setting: LayerSetting,
): Promise<Map<string, Float32Array>> {
  const graph = base.copy()
  const emulated = emulatedFormat(recipe)
  if (emulated !== null) allowCasts(graph, emulated)
  const keep = new Set(recipe.keep)
  const layers = new Map(
    weightLayers(graph)
      .filter((layer) => takesLayer(layer, recipe) && !keep.has(layer.name))
      .map((layer) => [layer.node, layer]),
  )
  const wanted = new Map<string, { name: string; type: Type }>()
  graph.rewrite((node) => {
    const layer = layers.get(node)
    if (layer === undefined) return [node]
    const name = graph.fresh(`${layer.output}.low`)
    wanted.set(layer.name, { name, type: Type.FLOAT })
    return [node, ...lowLayer(graph, layer, name, recipe, ranges)]
  })
  return wanted.size === 0 ? new Map() : innerValues(graph, wanted, setting)
}
