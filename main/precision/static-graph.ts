// Static quantisation: scales found beforehand, codes between all layers, so that onnxruntime runs chains of them on bytes.

import type { Recipe } from '../../contract/precision'
import { TensorProto_DataType as Type, type NodeProto } from '../runtime/onnx/onnx_pb'
import { changedNode, type EditableGraph } from './editable-graph'
import { activationRange } from './quantise'
import { quantiseAndBack, staticLayer, takesStatic, type Ranges } from './quantised-layers'
import { valueTypes } from './value-types'
import type { WeightLayer } from './weight-layers'

/** Activations that onnxruntime folds into the layer before them. */
const folded: ReadonlySet<string> = new Set(['Relu', 'Clip'])
/** Operations between convolutions that have kernels on bytes. */
const carriers: ReadonlySet<string> = new Set([
  'Add',
  'AveragePool',
  'Concat',
  'GlobalAveragePool',
  'MaxPool',
  'Relu',
  'Clip',
  'Reshape',
  'Resize',
  'Split',
  'Transpose',
  'Sigmoid',
  'Mul',
])

/** The values of a float32 graph that get codes: what goes into and comes out of layers, and what is carried between convolutions. */
export function quantisedValues(graph: EditableGraph, layers: readonly WeightLayer[]): Set<string> {
  const consumers = graph.consumers()
  const types = valueTypes(graph)
  const values = new Set<string>()
  for (const layer of layers.filter(takesStatic)) {
    values.add(layer.activation)
    const readers = consumers.get(layer.output) ?? []
    const [only] = readers
    // Codes between a layer and its Relu would keep the two apart.
    values.add(readers.length === 1 && only !== undefined && folded.has(only.opType) ? only.output[0]! : layer.output)
  }
  // Between the products of a transformer lie norms and softmaxes, which codes would harm and which have no kernels on bytes.
  const isConvolutional = 2 * layers.filter(({ operator }) => operator === 'Conv').length > layers.length
  if (isConvolutional) {
    const before = new Set(
      layers
        .filter(takesStatic)
        .map(({ output }) => output)
        .filter((name) => !values.has(name)),
    )
    for (const node of graph.nodes) {
      if (!carriers.has(node.opType) || !node.input.some((name) => values.has(name) || before.has(name))) continue
      for (const name of node.output) if (name !== '' && types.get(name) === Type.FLOAT) values.add(name)
    }
  }
  const outputs = new Set(graph.outputNames)
  return new Set(
    [...values].filter((name) => types.get(name) === Type.FLOAT && !outputs.has(name) && !graph.weights.has(name)),
  )
}

/**
 * Ranges by which also those layers' results can be rounded that get codes only behind their Relu: what is below zero goes either way.
 */
export function rangesBeforeRelu(graph: EditableGraph, layers: readonly WeightLayer[], ranges: Ranges): Ranges {
  const consumers = graph.consumers()
  const more = layers.flatMap(({ output }): [string, { low: number; high: number }][] => {
    const [only, ...others] = consumers.get(output) ?? []
    if (only === undefined || others.length > 0 || !folded.has(only.opType) || ranges.has(output)) return []
    const range = ranges.get(only.output[0]!)
    return range === undefined || range.low < 0 ? [] : [[output, range]]
  })
  return new Map([...ranges, ...more])
}

/** Puts a float32 graph on bytes in place. Layers in `keep` read and write float32. */
export function makeStaticGraph(
  graph: EditableGraph,
  layers: readonly WeightLayer[],
  ranges: Ranges,
  recipe: Recipe,
): void {
  const values = quantisedValues(graph, layers)
  const byNode = new Map(layers.filter(takesStatic).map((layer) => [layer.node, layer]))
  const coded = new Map<string, string>()
  const range = (name: string) => {
    const { low, high } = ranges.get(name) ?? { low: 0, high: 0 }
    return activationRange(low, high)
  }
  const code = (name: string): NodeProto[] => {
    if (!values.has(name) || !ranges.has(name)) return []
    const back = graph.fresh(`${name}.coded`)
    coded.set(name, back)
    return quantiseAndBack(graph, name, back, range(name))
  }
  const before = graph.inputNames.flatMap(code)
  graph.rewrite((node) => {
    const input = node.input.map((name) => coded.get(name) ?? name)
    const layer = byNode.get(node)
    const made =
      layer === undefined || !coded.has(layer.activation)
        ? [changedNode(node, { input })]
        : staticLayer(graph, layer, coded.get(layer.activation)!, layer.output, range(layer.activation), recipe)
    return [...made, ...node.output.flatMap(code)]
  })
  graph.nodes = [...before, ...graph.nodes]
}
