// A graph that can be rewritten: nodes in order, weights by name, and a writer that puts large weights beside the graph.

import { create, toBinary, type Message } from '@bufbuild/protobuf'
import { closeSync, linkSync, openSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../runtime/onnx/onnx_pb'
import { readOnnxModel } from '../runtime/onnx/read-model'
import { elementsIn, tensorOfModel, type StoredTensor } from './stored-tensor'

/** Weights up to this many bytes stay in the graph's own file. */
const inlineBytes = 1024
/** Where each weight begins in its file: pages can be mapped. */
const alignment = 64

export const microsoft = 'com.microsoft'

export type AttributeValue = number | bigint | string | readonly number[]

/** An attribute of a node: whole numbers as bigint (or a list of numbers), real ones as number. */
export function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'bigint') return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: value })
  if (typeof value === 'number') return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value })
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) })
  }
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) })
}

export function makeNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  options: { name?: string; domain?: string; attributes?: Readonly<Record<string, AttributeValue>> } = {},
): NodeProto {
  const { name = output[0] ?? opType, domain = '', attributes = {} } = options
  const attributeList = Object.entries(attributes).map(([key, value]) => attributeOf(key, value))
  return create(NodeProtoSchema, {
    opType,
    input: [...input],
    output: [...output],
    name,
    domain,
    attribute: attributeList,
  })
}

/** A shallow copy of a message with some fields changed. (`create` would take a spread message as it is, without its defaults.) */
function altered<T extends Message>(empty: T, message: NoInfer<T>, changes: NoInfer<Partial<T>>): T {
  return Object.assign(empty, message, changes)
}

/** A node with some of its fields changed; the rest is shared. */
export function changedNode(
  node: NodeProto,
  changes: Partial<Pick<NodeProto, 'name' | 'input' | 'output' | 'attribute'>>,
): NodeProto {
  return altered(create(NodeProtoSchema), node, changes)
}

/** An attribute with some of its fields changed. */
export function changedAttribute(
  one: AttributeProto,
  changes: Partial<Pick<AttributeProto, 'i' | 't'>>,
): AttributeProto {
  return altered(create(AttributeProtoSchema), one, changes)
}

/** The type that a Cast makes; null for other nodes. */
export function castType(node: NodeProto): Type | null {
  return node.opType === 'Cast' ? intAttribute(node, 'to', 0) : null
}

/** A whole-number attribute of a node. */
export function intAttribute(node: NodeProto, name: string, otherwise: number): number {
  const found = node.attribute.find((one) => one.name === name)
  return found === undefined ? otherwise : Number(found.i)
}

export function floatAttribute(node: NodeProto, name: string, otherwise: number): number {
  return node.attribute.find((one) => one.name === name)?.f ?? otherwise
}

/** Whether a node holds graphs of its own, which see the names around them. */
export function hasSubgraph(node: NodeProto): boolean {
  return node.attribute.some((one) => one.g !== undefined || one.graphs.length > 0)
}

export class EditableGraph {
  readonly path: string
  readonly model: ModelProto
  /** In an order in which every value is made before it is used. */
  nodes: NodeProto[]
  readonly weights: Map<string, StoredTensor>
  #names: Set<string>

  private constructor(path: string, model: ModelProto, graph: GraphProto, weights: Map<string, StoredTensor>) {
    this.path = path
    this.model = model
    this.nodes = graph.node
    this.weights = weights
    this.#names = new Set([...graph.node.flatMap((node) => [...node.output, ...node.input]), ...weights.keys()])
  }

  /** Reads a graph; weights stay on disk until they are asked for. @throws StudioError MODEL_BROKEN */
  static read(path: string): EditableGraph {
    const file = readOnnxModel(path)
    const graph = file.model.graph!
    const weights = new Map(graph.initializer.map((proto) => [proto.name, tensorOfModel(file, proto)]))
    return new EditableGraph(path, file.model, graph, weights)
  }

  /** The same graph once more, to be changed apart. Weights are shared: they are never changed, only replaced. */
  copy(): EditableGraph {
    const graph = this.graph
    const nodes = this.nodes.map((node) => changedNode(node, { input: [...node.input], output: [...node.output] }))
    const copied = altered(create(GraphProtoSchema), graph, {
      node: nodes,
      input: [...graph.input],
      output: [...graph.output],
    })
    const opsetImport = this.model.opsetImport.map(({ domain, version }) =>
      create(OperatorSetIdProtoSchema, { domain, version }),
    )
    const model = altered(create(ModelProtoSchema), this.model, { graph: copied, opsetImport })
    return new EditableGraph(this.path, model, copied, new Map(this.weights))
  }

  get graph(): GraphProto {
    return this.model.graph!
  }

  get inputNames(): string[] {
    return this.graph.input.map(({ name }) => name).filter((name) => !this.weights.has(name))
  }

  get outputNames(): string[] {
    return this.graph.output.map(({ name }) => name)
  }

  /** A name that nothing in the graph has yet. */
  fresh(wish: string): string {
    let name = wish
    for (let count = 2; this.#names.has(name); count++) name = `${wish}_${count}`
    this.#names.add(name)
    return name
  }

  /** Adds a weight under a fresh name and gives the name. */
  addWeight(wish: string, tensor: StoredTensor): string {
    const name = this.fresh(wish)
    this.weights.set(name, tensor)
    return name
  }

  /** Nodes that read a value, by the value's name. */
  consumers(): Map<string, NodeProto[]> {
    const found = new Map<string, NodeProto[]>()
    for (const node of this.nodes) {
      for (const name of new Set(node.input)) found.set(name, [...(found.get(name) ?? []), node])
    }
    return found
  }

  /** The node that makes each value. */
  producers(): Map<string, NodeProto> {
    return new Map(this.nodes.flatMap((node) => node.output.map((name): [string, NodeProto] => [name, node])))
  }

  /** Rewrites node by node: each is replaced by what `rewrite` gives, in its place. */
  rewrite(rewrite: (node: NodeProto) => readonly NodeProto[]): void {
    this.nodes = this.nodes.flatMap((node) => [...rewrite(node)])
  }

  /** Names an operator set that new nodes need. */
  importOpset(domain: string, version: number): void {
    if (this.model.opsetImport.some((one) => one.domain === domain || (domain === '' && one.domain === 'ai.onnx')))
      return
    this.model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }))
  }

  /** The version of ONNX's own operators that the graph is written in. */
  get opset(): number {
    return Number(this.model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1n)
  }

  /** Makes a value an output of the graph; its rank stays open. Outputs that are there already stay as they are. */
  addOutput(name: string, type: Type = Type.FLOAT): void {
    if (this.outputNames.includes(name)) return
    const tensorType = create(TypeProto_TensorSchema, { elemType: type })
    const proto = create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } })
    this.graph.output.push(create(ValueInfoProtoSchema, { name, type: proto }))
  }

  /** @param dims sizes, or names of those that stay free */
  addInput(name: string, type: Type, dims: readonly (number | string)[]): void {
    const shape = create(TensorShapeProtoSchema, {
      dim: dims.map((size) => ({
        value:
          typeof size === 'number'
            ? { case: 'dimValue' as const, value: BigInt(size) }
            : { case: 'dimParam' as const, value: size },
      })),
    })
    const tensorType = create(TypeProto_TensorSchema, { elemType: type, shape })
    const proto = create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } })
    this.graph.input.push(create(ValueInfoProtoSchema, { name, type: proto }))
  }

  /** Drops nodes whose results nobody reads, and weights that no node reads. */
  prune(): void {
    const used = new Set(this.outputNames)
    const kept: NodeProto[] = []
    for (const node of [...this.nodes].reverse()) {
      // Graphs inside a node read names that its inputs do not list, so what stands before such a node stays.
      if (!node.output.some((name) => used.has(name))) continue
      kept.push(node)
      for (const name of node.input) used.add(name)
      for (const name of subgraphReads(node)) used.add(name)
    }
    this.nodes = kept.reverse()
    for (const name of [...this.weights.keys()]) if (!used.has(name)) this.weights.delete(name)
  }

  /** Bytes of all weights as they will be stored. */
  weightBytes(): number {
    let bytes = 0
    for (const { dims, type } of this.weights.values()) bytes += Math.ceil((elementsIn(dims) * bitsOf(type)) / 8)
    return bytes
  }

  /**
   * Writes the graph to `path` and its large weights to `path` + ".data", one after another, so that no more than one is in memory.
   * @param options `isShared`: weights that lie on disk already are linked to instead of written; for graphs that are soon thrown away
   * @returns bytes written
   */
  write(path: string, { isCancelled = () => false, isShared = false }: WriteOptions = {}): number {
    const links = new WeightLinks(path)
    const data = `${path}.data`
    let offset = 0
    let file: number | null = null
    const initializers: TensorProto[] = []
    try {
      for (const [name, tensor] of this.weights) {
        if (isCancelled()) break
        const proto = create(TensorProtoSchema, { name, dataType: tensor.type, dims: tensor.dims.map(BigInt) })
        initializers.push(proto)
        const linked = isShared ? links.nameOf(tensor) : null
        if (linked !== null) {
          liesIn(proto, linked, tensor.place!.offset, tensor.place!.length)
          continue
        }
        const bytes = tensor.bytes()
        if (bytes.length <= inlineBytes) proto.rawData = bytes
        else {
          file ??= openSync(data, 'w')
          offset = Math.ceil(offset / alignment) * alignment
          writeAll(file, bytes, offset)
          liesIn(proto, basename(data), offset, bytes.length)
          offset += bytes.length
        }
      }
    } finally {
      if (file !== null) closeSync(file)
    }
    const graph = altered(create(GraphProtoSchema), this.graph, {
      node: uniquelyNamed(this.nodes),
      initializer: initializers,
      // Old exporters list weights among the inputs, where one of another type would contradict itself.
      input: this.graph.input.filter(({ name }) => !this.weights.has(name)),
      // What was written of inner values may not be true of the new ones.
      valueInfo: [],
    })
    const bytes = toBinary(ModelProtoSchema, altered(create(ModelProtoSchema), this.model, { graph }))
    const out = openSync(path, 'w')
    try {
      writeAll(out, bytes, 0)
    } finally {
      closeSync(out)
    }
    return bytes.length + offset
  }
}

interface WriteOptions {
  readonly isCancelled?: () => boolean
  readonly isShared?: boolean
}

/** Other names, beside a graph, for files of weights that are on the disk already. */
class WeightLinks {
  readonly #graph: string
  /** By path; null where the file cannot be linked to, such as from another disk. */
  readonly #names = new Map<string, string | null>()

  constructor(graph: string) {
    this.#graph = graph
  }

  nameOf({ place }: StoredTensor): string | null {
    if (place === undefined) return null
    const known = this.#names.get(place.path)
    if (known !== undefined) return known
    let name: string | null = `${basename(this.#graph)}.${this.#names.size + 1}.data`
    try {
      linkSync(place.path, join(dirname(this.#graph), name))
    } catch {
      name = null
    }
    this.#names.set(place.path, name)
    return name
  }
}

function liesIn(proto: TensorProto, location: string, offset: number, length: number): void {
  proto.dataLocation = TensorProto_DataLocation.EXTERNAL
  proto.externalData = Object.entries({ location, offset: String(offset), length: String(length) }).map(
    ([key, value]) => create(StringStringEntryProtoSchema, { key, value }),
  )
}

/** Nodes without the names that several have, which would make a graph invalid. */
function uniquelyNamed(nodes: readonly NodeProto[]): NodeProto[] {
  const times = new Map<string, number>()
  for (const { name } of nodes) times.set(name, (times.get(name) ?? 0) + 1)
  return nodes.map((node) => (node.name !== '' && times.get(node.name)! > 1 ? changedNode(node, { name: '' }) : node))
}

function writeAll(file: number, bytes: Uint8Array, offset: number): void {
  for (let at = 0; at < bytes.length;)
    at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 30), offset + at)
}

/** Every name that the graphs inside a node read. */
export function subgraphReads(node: NodeProto): string[] {
  return node.attribute
    .flatMap((one) => [...(one.g === undefined ? [] : [one.g]), ...one.graphs])
    .flatMap((graph) => [
      ...graph.node.flatMap((inner) => [...inner.input, ...subgraphReads(inner)]),
      ...graph.output.map(({ name }) => name),
    ])
}

const bits: Readonly<Partial<Record<Type, number>>> = {
  [Type.FLOAT]: 32,
  [Type.INT32]: 32,
  [Type.UINT32]: 32,
  [Type.DOUBLE]: 64,
  [Type.INT64]: 64,
  [Type.UINT64]: 64,
  [Type.FLOAT16]: 16,
  [Type.BFLOAT16]: 16,
  [Type.INT16]: 16,
  [Type.UINT16]: 16,
  [Type.INT4]: 4,
  [Type.UINT4]: 4,
}

function bitsOf(type: Type): number {
  return bits[type] ?? 8
}
