// Writes small ONNX graphs for tests and for the device probe, so that neither needs Python.
import type { Dtype, Tensor } from '../../tensor/tensor'
import type { ValueInfo } from '../graph-session'

export interface NodeSpec {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Attributes that are whole numbers from 0 up, such as `axis`. */
  readonly attributes?: Readonly<Record<string, number>>
}

/** Where an initializer's bytes lie when they are not in the graph itself. */
export interface ExternalSpec {
  readonly location: string
  readonly offset: number
  readonly length: number
}

export interface GraphSpec {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly nodes: readonly NodeSpec[]
  readonly initializers?: Readonly<Record<string, Tensor | (Omit<Tensor, 'data'> & { external: ExternalSpec })>>
}

/** TensorProto.DataType of onnx.proto. */
const dataTypes: Record<Dtype, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Buffer.from([...bytes, value])
}

/** A field that holds a whole number. */
function whole(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)])
}

/** A field that holds text, bytes or a message. */
function part(field: number, ...content: (Uint8Array | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece as Uint8Array)))
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes])
}

function valueInfo(field: number, { name, dtype, shape }: ValueInfo): Buffer {
  const dimensions = shape.map((size) => part(1, typeof size === 'number' ? whole(1, size) : part(2, size)))
  return part(field, part(1, name), part(2, part(1, whole(1, dataTypes[dtype]), part(2, ...dimensions))))
}

function node({ op, inputs, outputs, attributes = {} }: NodeSpec): Buffer {
  const int = 2
  return part(
    1,
    ...inputs.map((name) => part(1, name)),
    ...outputs.map((name) => part(2, name)),
    part(4, op),
    ...Object.entries(attributes).map(([name, value]) => part(5, part(1, name), whole(3, value), whole(20, int))),
  )
}

function initializer([name, value]: [string, NonNullable<GraphSpec['initializers']>[string]]): Buffer {
  const head = [...value.shape.map((size) => whole(1, size)), whole(2, dataTypes[value.dtype]), part(8, name)]
  if ('external' in value) {
    const entries = Object.entries(value.external).map(([key, entry]) => part(13, part(1, key), part(2, String(entry))))
    return part(5, ...head, ...entries, whole(14, 1))
  }
  const { buffer, byteOffset, byteLength } = value.data
  return part(5, ...head, part(9, new Uint8Array(buffer, byteOffset, byteLength)))
}

/** A ModelProto with opset 17. */
export function writeGraph(spec: GraphSpec): Buffer {
  const graph = part(
    7,
    ...spec.nodes.map(node),
    part(2, 'graph'),
    ...Object.entries(spec.initializers ?? {}).map(initializer),
    ...spec.inputs.map((value) => valueInfo(11, value)),
    ...spec.outputs.map((value) => valueInfo(12, value)),
  )
  return Buffer.concat([whole(1, 8), part(8, part(1, ''), whole(2, 17)), graph])
}
