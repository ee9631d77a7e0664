import type { InspectedNode, InspectedTensor, InspectedWeight, WeightFile } from '../../contract/inspection'
import { readOnnxModel, shortName, type OnnxModel } from '../runtime/onnx/read-model'
import { buildGraph } from './build-graph'
import { isCounted } from './count-graph'
import { inputDimensions, runDimensions } from './dimensions'
import { functionKey, type Graph, type GraphWeight } from './graph'
import type { Values } from './node-context'
import type { InspectedFile, OpenedModel } from './opened-model'
import { weightShares, type WeightShare } from './parameters'
import { precisions } from './precisions'
import { findScopes } from './scopes'
import { weightFiles } from './weight-files'
import { decodeSmall, openValues, readValues, valueSource } from './weight-values'

/** External weights this small are read at once: some exporters put even shapes beside the graph. */
const smallExternal = 64
const mostSmallReads = 4000
/** The newest opset whose operators the rules were written against. */
const newestOpset = 26
const longestText = 20_000

/** Opens an ONNX file, whole or without its weights. @throws StudioError MODEL_BROKEN, MODEL_UNSUPPORTED */
export function openOnnx(path: string, name = shortName(path)): OpenedModel {
  const read = readOnnxModel(path, name)
  const graph = buildGraph(read.model)
  const files = weightFiles(path, graph.weights)
  const shares = weightShares(graph)
  const constants = smallValues(path, graph, files)
  const ofInputs = inputDimensions(graph)
  const { scopes, nodeScopes, from } = findScopes(graph)
  const weights = graph.weights.map((weight, index) => inspectedWeight(weight, shares[index]!, files))
  const total = (count: (weight: InspectedWeight) => number): number =>
    weights.reduce((sum, weight) => sum + count(weight), 0)
  const file: InspectedFile = {
    name,
    path,
    format: 'onnx',
    header: header(read),
    graphBytes: graphBytes(read, graph),
    weightBytes: total(({ bytes }) => bytes),
    parameters: total(({ parameters }) => parameters),
    precisions: precisions(weights),
    weightFiles: files,
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    dimensions: [...ofInputs, ...runDimensions(graph, constants, ofInputs)],
    tensors: graph.tensors.map(({ name, dtype, shape, weight }): InspectedTensor => ({
      name,
      dtype,
      shape: shape === null ? null : [...shape],
      weight,
    })),
    nodes: graph.nodes.map(({ name, op, domain, inputs, outputs, within }, index): InspectedNode => ({
      name,
      op,
      domain,
      scope: nodeScopes[index]!,
      inputs: [...inputs],
      outputs: [...outputs],
      within,
    })),
    scopes: [...scopes],
    scopesFrom: from,
    weights,
    operators: operators(graph),
    notes: notes(graph, files),
  }
  return {
    file,
    graph,
    constants,
    nodeScopes,
    valueSource: (weight) => valueSource(path, graph.weights[weight]!),
  }
}

function header({ model }: OnnxModel): InspectedFile['header'] {
  const opsets = model.opsetImport.map(({ domain, version }) => ({
    domain: domain === 'ai.onnx' ? '' : domain,
    version: Number(version),
  }))
  return {
    irVersion: Number(model.irVersion),
    opsets: opsets.sort((a, b) => Number(a.domain !== '') - Number(b.domain !== '')),
    producer: [model.producerName, model.producerVersion].filter((text) => text !== '').join(' '),
    graphName: model.graph!.name,
    description: (model.docString || model.graph!.docString).slice(0, longestText),
    metadata: model.metadataProps.map(({ key, value }) => ({ key, value: value.slice(0, longestText) })),
    functions: model.functions.map(({ name, domain, node }) => ({ name, domain, nodes: node.length })),
  }
}

/** The graph's own bytes: the file without the values that are in it. */
function graphBytes({ fileBytes }: OnnxModel, { weights }: Graph): number {
  const inFile = weights.reduce((sum, { bytes, external }) => sum + (external === null ? bytes : 0), 0)
  return Math.max(0, fileBytes - inFile)
}

function inspectedWeight(
  weight: GraphWeight,
  { parameters, node }: WeightShare,
  files: readonly WeightFile[],
): InspectedWeight {
  const { tensor, dtype, shape, bytes, external } = weight
  const file = external === null ? undefined : files.find(({ location }) => location === external.location)
  const place = external === null ? 'graph' : file?.state === 'there' ? 'file' : 'absent'
  return { tensor, dtype, shape: [...shape], parameters, bytes, place, file: external?.location ?? null, node }
}

function operators({ nodes }: Graph): InspectedFile['operators'] {
  const counts = new Map<string, { op: string; domain: string; nodes: number }>()
  for (const { op, domain } of nodes) {
    const key = functionKey(domain, op)
    const known = counts.get(key)
    counts.set(key, { op, domain, nodes: (known?.nodes ?? 0) + 1 })
  }
  return [...counts.values()].sort((a, b) => b.nodes - a.nodes || a.op.localeCompare(b.op))
}

function notes(graph: Graph, files: readonly WeightFile[]): string[] {
  const unknown = operators(graph).filter((operator) => !isCounted(graph, operator))
  return [
    ...graph.notes,
    ...files.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    ...unknown.map(
      ({ op, domain, nodes }) =>
        `${domain === '' ? op : `${domain}.${op}`} (${nodes === 1 ? '1 node' : `${nodes} nodes`}) is not known: what it costs is not counted.`,
    ),
    ...(graph.opset > newestOpset
      ? [`Opset ${graph.opset} is newer than ${newestOpset}: its operators are read as those of ${newestOpset}.`]
      : []),
  ]
}

/** Values of small weights, which shapes are computed from. */
function smallValues(path: string, { weights }: Graph, files: readonly WeightFile[]): Map<number, Values> {
  const there = new Set(files.filter(({ state }) => state === 'there').map(({ location }) => location))
  const values = new Map<number, Values>()
  let reads = 0
  weights.forEach((weight, index) => {
    const { proto, external, elements } = weight
    if (external === null) {
      const small = proto === null ? null : decodeSmall(proto)
      if (small !== null) values.set(index, small)
    } else if (elements <= smallExternal && there.has(external.location) && reads < mostSmallReads) {
      reads += 1
      const read = readSmall(path, weight)
      if (read !== null) values.set(index, read)
    }
  })
  return values
}

function readSmall(path: string, weight: GraphWeight): Values | null {
  try {
    const reader = openValues(valueSource(path, weight))
    try {
      return [...readValues(reader, 0, weight.elements)]
    } finally {
      reader.close()
    }
  } catch {
    // A value that cannot be read is unknown, like any other that is only there in a run.
    return null
  }
}
