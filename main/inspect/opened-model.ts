import type { Inspection } from '../../contract/inspection'
import type { Graph, GraphWeight } from './graph'
import type { Values } from './node-context'
import type { ValueSource } from './weight-values'

/** What an opened file says of itself, without the id and source that the service gives it. */
export type InspectedFile = Omit<Inspection, 'id' | 'source'>

/** A file that was opened, with what is computed from later. */
export interface OpenedModel {
  readonly file: InspectedFile
  /** Empty of nodes where the file holds weights alone. */
  readonly graph: Graph
  /** Values of small weights by index. */
  readonly constants: ReadonlyMap<number, Values>
  /** Of each node. */
  readonly nodeScopes: readonly number[]
  /** Where the values of a weight are, by its index. @throws StudioError MODEL_BROKEN where the file does not say, or may not */
  readonly valueSource: (weight: number) => ValueSource
}

export function noGraph(weights: readonly GraphWeight[], names: readonly string[]): Graph {
  return {
    tensors: weights.map(({ dtype, shape }, weight) => ({ name: names[weight]!, dtype, shape, weight })),
    weights,
    nodes: [],
    top: [],
    cyclic: new Set(),
    inputs: [],
    outputs: [],
    opset: 0,
    functions: new Map(),
    notes: [],
  }
}
