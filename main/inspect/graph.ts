import type { Dimension } from '../../contract/inspection'
import type { AttributeProto, TensorProto } from '../runtime/onnx/onnx_pb'

// A graph as the Inspector computes with it: names are gone, tensors and nodes are numbers.

/** A shape at chosen sizes: null where the rank is unknown, null within where a size is. */
export type Shape = readonly (number | null)[] | null

export interface GraphTensor {
  readonly name: string
  readonly dtype: string | null
  /** As declared. */
  readonly shape: readonly Dimension[] | null
  weight: number | null
}

export interface GraphWeight {
  readonly tensor: number
  readonly dtype: string
  readonly shape: readonly number[]
  readonly elements: number
  /** As stored. */
  readonly bytes: number
  /** Null for what is no ONNX tensor. */
  readonly proto: TensorProto | null
  readonly external: { readonly location: string; readonly offset: number; readonly length: number } | null
}

/** The graph of an If's branch, or of a Loop's or Scan's pass. */
export interface GraphBody {
  readonly attribute: string
  /** Indices of nodes, in the order in which they run. */
  readonly nodes: readonly number[]
  /** Indices of tensors. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

export interface GraphNode {
  readonly name: string
  readonly op: string
  /** Empty for ONNX's own, however the file spells it. */
  readonly domain: string
  readonly description: string
  /** Indices of tensors; -1 where one is left out. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly attributes: ReadonlyMap<string, AttributeProto>
  readonly within: number | null
  bodies: readonly GraphBody[]
}

/** Tensors and nodes that refer to each other: a whole graph with its bodies, or a function. */
export interface GraphTable {
  readonly tensors: readonly GraphTensor[]
  readonly weights: readonly GraphWeight[]
  /** Nodes run in this order; those of a body follow the node that it belongs to. */
  readonly nodes: readonly GraphNode[]
  /** Indices of the nodes that lie in no body. */
  readonly top: readonly number[]
  /** Top nodes that wait for each other in a circle. */
  readonly cyclic: ReadonlySet<number>
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Of ONNX's own operators. */
  readonly opset: number
}

export interface Graph extends GraphTable {
  /** Model-local functions by `domain:name`. */
  readonly functions: ReadonlyMap<string, GraphTable>
  readonly notes: readonly string[]
}

export function functionKey(domain: string, op: string): string {
  return `${domain}:${op}`
}
