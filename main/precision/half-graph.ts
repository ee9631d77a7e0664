// A float16 graph: weights, activations and operations in half precision, with float32 around what needs its range.

import { create } from '@bufbuild/protobuf'
import { StudioError } from '../../contract/errors'
import { toFloat16 } from '../tensor/float16'
import { TensorProto_DataType as Type, TensorProtoSchema, type NodeProto } from '../runtime/onnx/onnx_pb'
import { changedAttribute, changedNode, castType, hasSubgraph, makeNode, type EditableGraph } from './editable-graph'
import { keptNodes } from './kept-operations'
import { halfTensor, scalarOf, tensorOfModel } from './stored-tensor'
import { valueTypes } from './value-types'
import type { WeightLayer } from './weight-layers'

const down = { attributes: { to: BigInt(Type.FLOAT16) } }
const up = { attributes: { to: BigInt(Type.FLOAT) } }

/** One layer in half precision between two casts, writing float32 to `output`. */
export function halfLayer(graph: EditableGraph, layer: WeightLayer, output: string): NodeProto[] {
  const operand = graph.fresh(`${output}.half-in`)
  const result = graph.fresh(`${output}.half-out`)
  const weights = layer.node.input.slice(1).map((name) => {
    const tensor = graph.weights.get(name)
    return tensor === undefined ? name : graph.addWeight(`${name}.half`, halfTensor(tensor))
  })
  return [
    makeNode('Cast', [layer.activation], [operand], down),
    changedNode(layer.node, { name: `${output}.layer`, input: [operand, ...weights], output: [result] }),
    makeNode('Cast', [result], [output], up),
  ]
}

/**
 * Turns a float32 graph into half precision in place. Inputs and outputs stay float32.
 * @throws StudioError MODEL_UNSUPPORTED where the graph has branches or loops
 */
export function makeHalfGraph(graph: EditableGraph, keep: ReadonlySet<NodeProto>): void {
  if (graph.nodes.some(hasSubgraph)) {
    throw new StudioError('MODEL_UNSUPPORTED', 'A graph with branches or loops cannot be turned into float16', {
      remedy: 'Choose an emulated column: it leaves the branches as they are.',
      detail: graph.path,
    })
  }
  new HalfRewriter(graph, keep).run()
}

class HalfRewriter {
  readonly #graph: EditableGraph
  readonly #types: ReadonlyMap<string, Type>
  readonly #kept: ReadonlySet<NodeProto>
  /** Half-precision stand-ins of float32 values, and the other way round, by name. */
  readonly #half = new Map<string, string>()
  readonly #full = new Map<string, string>()
  #before: NodeProto[] = []

  constructor(graph: EditableGraph, keep: ReadonlySet<NodeProto>) {
    this.#graph = graph
    this.#types = valueTypes(graph)
    const unknown = graph.nodes.filter((node) => node.output.some((name) => name !== '' && !this.#types.has(name)))
    this.#kept = new Set([...keptNodes(graph), ...keep, ...unknown])
  }

  run(): void {
    const graph = this.#graph
    const isFloat = (name: string): boolean => this.#types.get(name) === Type.FLOAT
    for (const name of graph.inputNames.filter(isFloat)) this.#full.set(name, name)
    const outputs = new Set(graph.outputNames.filter(isFloat))
    graph.rewrite((node) => (this.#kept.has(node) ? this.#keep(node) : this.#narrow(node)))
    // Results go out in float32 under their own names.
    const after = [...outputs].flatMap((name) => {
      const half = this.#half.get(name)
      return this.#full.get(name) === name || half === undefined ? [] : [makeNode('Cast', [half], [name], up)]
    })
    graph.nodes = [...graph.nodes, ...after]
  }

  /** The half-precision form of a value, cast here where it was float32 until now. */
  #narrowed(name: string): string {
    const known = this.#half.get(name)
    if (known !== undefined) return known
    const weight = this.#graph.weights.get(name)
    if (weight !== undefined) {
      const half = this.#graph.addWeight(`${name}.half`, halfTensor(weight))
      this.#half.set(name, half)
      return half
    }
    const half = this.#graph.fresh(`${name}.half`)
    this.#half.set(name, half)
    this.#before.push(makeNode('Cast', [name], [half], down))
    return half
  }

  #widened(name: string): string {
    if (this.#graph.weights.has(name)) return name
    const known = this.#full.get(name)
    if (known !== undefined) return known
    const half = this.#half.get(name)
    if (half === undefined) return name
    const full = this.#graph.fresh(`${name}.float32`)
    this.#full.set(name, full)
    this.#before.push(makeNode('Cast', [half], [full], up))
    return full
  }

  #isFloat(name: string): boolean {
    return name !== '' && this.#types.get(name) === Type.FLOAT
  }

  #taken(node: NodeProto): NodeProto[] {
    const before = this.#before
    this.#before = []
    return [...before, node]
  }

  #keep(node: NodeProto): NodeProto[] {
    const input = node.input.map((name) => (this.#isFloat(name) ? this.#widened(name) : name))
    for (const name of node.output) if (this.#isFloat(name)) this.#full.set(name, name)
    return this.#taken(changedNode(node, { input }))
  }

  #narrow(node: NodeProto): NodeProto[] {
    const input = node.input.map((name) => (this.#isFloat(name) ? this.#narrowed(name) : name))
    const output = node.output.map((name) => {
      if (!this.#isFloat(name)) return name
      const half = this.#graph.fresh(`${name}.half`)
      this.#half.set(name, half)
      return half
    })
    return this.#taken(
      changedNode(node, {
        input,
        output,
        attribute: node.attribute.map((one) => this.#attribute(node, one)),
      }),
    )
  }

  #attribute(node: NodeProto, one: NodeProto['attribute'][number]): NodeProto['attribute'][number] {
    if (one.name === 'to' && castType(node) === Type.FLOAT) {
      return changedAttribute(one, { i: BigInt(Type.FLOAT16) })
    }
    if (one.t?.dataType !== Type.FLOAT) return one
    const bits = toFloat16(scalarOf(tensorOfModel(this.#graph, one.t)) ?? 0)
    const t = create(TensorProtoSchema, {
      dims: one.t.dims,
      dataType: Type.FLOAT16,
      rawData: Uint8Array.of(bits & 255, bits >> 8),
    })
    return changedAttribute(one, { t })
  }
}
