// What a file without a graph is to the Inspector: weights by their names.
import type { InspectedWeight } from '../../contract/inspection'
import type { GraphWeight } from './graph'
import { noGraph, type InspectedFile, type OpenedModel } from './opened-model'
import { precisions } from './precisions'
import type { ValueSource } from './weight-values'

export interface NamedFile {
  readonly path: string
  /** What people call it. */
  readonly name: string
}

/** A weight as a file of weights alone lists it. */
export interface ListedWeight {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: number
  /** Offset in the file. */
  readonly start: number
}

/** An opened file of weights without a graph. */
export function weightsAlone(
  { path, name }: NamedFile,
  format: 'safetensors' | 'gguf',
  listed: readonly ListedWeight[],
  rest: {
    readonly headerBytes: number
    readonly fileBytes: number
    readonly metadata: InspectedFile['header']['metadata']
    readonly producer: string
  },
): OpenedModel {
  const graphWeights = listed.map(({ dtype, shape, bytes }, tensor): GraphWeight => ({
    tensor,
    dtype,
    shape,
    elements: shape.reduce((product, size) => product * size, 1),
    bytes,
    proto: null,
    external: null,
  }))
  const graph = noGraph(
    graphWeights,
    listed.map(({ name }) => name),
  )
  const endOf = ({ start, bytes }: ListedWeight): number => start + bytes
  const needed = listed.reduce((last, weight) => Math.max(last, endOf(weight)), rest.headerBytes)
  const weights = graphWeights.map(({ tensor, dtype, shape, elements, bytes }): InspectedWeight => ({
    tensor,
    dtype,
    shape: [...shape],
    parameters: /^(u?int(32|64)|bool)$/.test(dtype) || elements <= 1 ? 0 : elements,
    bytes,
    place: endOf(listed[tensor]!) > rest.fileBytes ? 'absent' : 'graph',
    file: null,
    node: null,
  }))
  const file: InspectedFile = {
    name,
    path,
    format,
    header: {
      irVersion: null,
      opsets: [],
      producer: rest.producer,
      graphName: '',
      description: '',
      metadata: rest.metadata,
      functions: [],
    },
    graphBytes: rest.headerBytes,
    weightBytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    parameters: weights.reduce((sum, { parameters }) => sum + parameters, 0),
    precisions: precisions(weights),
    weightFiles: [],
    inputs: [],
    outputs: [],
    dimensions: [],
    tensors: graph.tensors.map(({ name, dtype }, index) => ({
      name,
      dtype,
      shape: [...listed[index]!.shape],
      weight: index,
    })),
    nodes: [],
    scopes: [{ name: '', path: '', parent: null }],
    scopesFrom: 'weights',
    weights,
    operators: [],
    notes:
      needed > rest.fileBytes
        ? [
            `The file is cut off: ${rest.fileBytes} of at least ${needed} bytes are there. Values beyond that are absent.`,
          ]
        : [],
  }
  const valueSource = (weight: number): ValueSource => {
    const { dtype, bytes, start } = listed[weight]!
    return { kind: 'file', path, dtype, elements: graphWeights[weight]!.elements, bytes, start }
  }
  return { file, graph, constants: new Map(), nodeScopes: [], valueSource }
}
