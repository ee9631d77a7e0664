import { StudioError } from '../../contract/errors'
import type { Dimension } from '../../contract/inspection'
import { elementType, storedBytes } from '../runtime/onnx/element-types'
import {
  TensorProto_DataLocation,
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type TypeProto,
} from '../runtime/onnx/onnx_pb'
import {
  functionKey,
  type Graph,
  type GraphBody,
  type GraphNode,
  type GraphTable,
  type GraphTensor,
  type GraphWeight,
} from './graph'
import { orderNodes, type OrderedNode } from './order-nodes'

const mostNodes = 50_000
const deepestBody = 24
const onnxDomains = new Set(['', 'ai.onnx'])

/** Name and index of what a graph can see: its own first, then what surrounds it. */
class Names {
  readonly #own = new Map<string, number>()
  readonly #outer: Names | null

  constructor(outer: Names | null) {
    this.#outer = outer
  }

  find(name: string): number | undefined {
    return this.#own.get(name) ?? this.#outer?.find(name)
  }

  has(name: string): boolean {
    return this.#own.has(name)
  }

  set(name: string, index: number): void {
    this.#own.set(name, index)
  }
}

type Part = Pick<GraphProto, 'node' | 'initializer' | 'sparseInitializer' | 'input' | 'output' | 'valueInfo'>

class TableBuilder {
  readonly tensors: GraphTensor[] = []
  readonly weights: GraphWeight[] = []
  readonly nodes: GraphNode[] = []
  readonly cyclic = new Set<number>()
  readonly notes = new Set<string>()

  /** Adds a graph's tensors and nodes. @returns its own nodes in order, inputs and outputs */
  add(
    part: Part,
    outer: Names | null,
    within: number | null,
    depth = 0,
  ): { body: Omit<GraphBody, 'attribute'>; names: Names } {
    if (depth > deepestBody) throw tooLarge('its graphs are nested too deeply')
    const names = new Names(outer)
    const declared = new Map([...part.valueInfo, ...part.output].map((info) => [info.name, info.type] as const))
    for (const weight of part.initializer) this.#addWeight(weight, names)
    for (const { values, dims } of part.sparseInitializer) {
      if (values !== undefined) this.#addWeight(values, names, dims)
    }
    // Old exporters list every weight among the inputs as well.
    const inputs = part.input
      .filter(({ name }) => !names.has(name))
      .map(({ name, type }) => this.#declare(name, type, names))
    const { order, cyclic } = orderNodes(part.node.map(readsAndWrites))
    for (const { output } of part.node) {
      for (const name of output) if (name !== '' && !names.has(name)) this.#declare(name, declared.get(name), names)
    }
    const own: number[] = []
    const circle = new Set(cyclic)
    for (const index of [...order, ...cyclic]) {
      own.push(this.#addNode(part.node[index]!, names, within, depth))
      if (circle.has(index)) this.cyclic.add(own.at(-1)!)
    }
    const outputs = part.output.map(({ name, type }) => names.find(name) ?? this.#declare(name, type, names))
    return { body: { nodes: own, inputs, outputs }, names }
  }

  #addNode(proto: NodeProto, names: Names, within: number | null, depth: number): number {
    const index = this.nodes.length
    if (index >= mostNodes) throw tooLarge(`it has more than ${mostNodes.toLocaleString('en')} nodes`)
    const node: GraphNode = {
      name: proto.name,
      op: proto.opType,
      domain: onnxDomains.has(proto.domain) ? '' : proto.domain,
      description: proto.docString,
      inputs: proto.input.map((name) => this.#use(name, names)),
      outputs: proto.output.map((name) => (name === '' ? -1 : (names.find(name) ?? -1))),
      attributes: new Map(proto.attribute.map((attribute) => [attribute.name, attribute])),
      within,
      bodies: [],
    }
    this.nodes.push(node)
    this.#addConstant(node)
    node.bodies = bodiesOf(proto.attribute).map(({ name, graph }) => ({
      attribute: name,
      ...this.add(graph, names, index, depth + 1).body,
    }))
    return index
  }

  #use(name: string, names: Names): number {
    if (name === '') return -1
    const known = names.find(name)
    if (known !== undefined) return known
    this.notes.add('Some nodes read tensors that nothing in the graph gives.')
    return this.#declare(name, undefined, names)
  }

  /** What a Constant node holds is a weight like any other. */
  #addConstant({ op, domain, attributes, outputs }: GraphNode): void {
    const value = op === 'Constant' && domain === '' ? attributes.get('value')?.t : undefined
    const output = outputs[0] ?? -1
    if (value === undefined || output < 0) return
    this.#record(output, value, value.dims)
  }

  #addWeight(proto: TensorProto, names: Names, dims = proto.dims): void {
    if (names.has(proto.name)) return
    const shape = dims.map(Number)
    const index = this.tensors.length
    this.tensors.push({ name: proto.name, dtype: elementType(proto.dataType)?.name ?? null, shape, weight: null })
    names.set(proto.name, index)
    this.#record(index, proto, dims)
  }

  #record(tensor: number, proto: TensorProto, dims: readonly bigint[]): void {
    const shape = dims.map(Number)
    if (shape.some((size) => size < 0 || !Number.isSafeInteger(size))) {
      this.notes.add('Some weights have sizes that no tensor can have.')
      return
    }
    const dtype = elementType(proto.dataType)?.name ?? 'unknown'
    const elements = proto.dims.reduce((product, size) => product * Number(size), 1)
    if (!Number.isSafeInteger(elements)) {
      this.notes.add('Some weights have sizes that no tensor can have.')
      return
    }
    const bytes =
      dtype === 'string' ? proto.stringData.reduce((sum, text) => sum + text.length, 0) : storedBytes(dtype, elements)
    this.tensors[tensor]!.weight = this.weights.length
    this.weights.push({ tensor, dtype, shape, elements, bytes, proto, external: externalPlace(proto, bytes) })
  }

  #declare(name: string, type: TypeProto | undefined, names: Names): number {
    const index = this.tensors.length
    this.tensors.push({ name, ...readType(type), weight: null })
    names.set(name, index)
    return index
  }
}

function tooLarge(why: string): StudioError {
  return new StudioError('MODEL_UNSUPPORTED', `The graph cannot be shown: ${why}`, {
    remedy: 'Open a smaller part of the model.',
  })
}

function bodiesOf(attributes: readonly AttributeProto[]): { name: string; graph: GraphProto }[] {
  return attributes.flatMap(({ name, g, graphs }) =>
    [...(g === undefined ? [] : [g]), ...graphs].map((graph) => ({ name, graph })),
  )
}

/** What a node reads, that of its bodies included, as far as it comes from outside them. */
function readsAndWrites(node: NodeProto): OrderedNode {
  const captured = bodiesOf(node.attribute).flatMap(({ graph }) => capturedNames(graph))
  return { reads: captured.length === 0 ? node.input : [...node.input, ...captured], writes: node.output }
}

function capturedNames(graph: GraphProto, depth = 0): string[] {
  if (depth > deepestBody) throw tooLarge('its graphs are nested too deeply')
  const own = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ])
  const read = graph.node.flatMap((node) => [
    ...node.input,
    ...bodiesOf(node.attribute).flatMap((body) => capturedNames(body.graph, depth + 1)),
  ])
  return [...read, ...graph.output.map(({ name }) => name)].filter((name) => !own.has(name))
}

function externalPlace(proto: TensorProto, bytes: number): GraphWeight['external'] {
  if (proto.dataLocation !== TensorProto_DataLocation.EXTERNAL) return null
  const place = new Map(proto.externalData.map(({ key, value }) => [key, value]))
  const whole = (key: string, absent: number): number => {
    const value = Number(place.get(key) ?? absent)
    return Number.isSafeInteger(value) && value >= 0 ? value : absent
  }
  return { location: place.get('location') ?? '', offset: whole('offset', 0), length: whole('length', bytes) }
}

/** Element type and shape of a tensor type; nothing is known of sequences and maps. */
function readType(type: TypeProto | undefined): Pick<GraphTensor, 'dtype' | 'shape'> {
  if (type?.value.case !== 'tensorType') return { dtype: null, shape: null }
  const { elemType, shape } = type.value.value
  const dimensions = shape?.dim.map(({ value }): Dimension => {
    if (value.case === 'dimValue') return value.value >= 0n ? Number(value.value) : null
    return value.case === 'dimParam' && value.value !== '' ? value.value : null
  })
  return { dtype: elementType(elemType)?.name ?? null, shape: dimensions ?? null }
}

function opsetOf(imports: ModelProto['opsetImport']): number {
  return Math.max(0, ...imports.filter(({ domain }) => onnxDomains.has(domain)).map(({ version }) => Number(version)))
}

function finish(builder: TableBuilder, part: Part, opset: number): GraphTable {
  const { body } = builder.add(part, null, null)
  const { tensors, weights, nodes, cyclic } = builder
  return { tensors, weights, nodes, cyclic, opset, top: body.nodes, inputs: body.inputs, outputs: body.outputs }
}

function buildFunction(proto: FunctionProto): GraphTable {
  const value = (name: string) => ({
    $typeName: 'onnx.ValueInfoProto' as const,
    name,
    docString: '',
    metadataProps: [],
  })
  const part: Part = {
    node: proto.node,
    initializer: [],
    sparseInitializer: [],
    input: proto.input.map(value),
    output: proto.output.map(value),
    valueInfo: proto.valueInfo,
  }
  return finish(new TableBuilder(), part, opsetOf(proto.opsetImport))
}

/** Reads a decoded model. @throws StudioError MODEL_UNSUPPORTED where it is too large or nested too deeply to be shown */
export function buildGraph(model: ModelProto): Graph {
  const builder = new TableBuilder()
  const table = finish(builder, model.graph!, opsetOf(model.opsetImport))
  const functions = new Map(
    model.functions.map((proto) => [
      functionKey(onnxDomains.has(proto.domain) ? '' : proto.domain, proto.name),
      buildFunction(proto),
    ]),
  )
  if (table.cyclic.size > 0)
    builder.notes.add(`${table.cyclic.size} nodes wait for each other in a circle: no runtime can run them.`)
  return { ...table, functions, notes: [...builder.notes] }
}
