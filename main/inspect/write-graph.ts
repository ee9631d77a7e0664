// Writes small graphs that are run to be measured: a matrix product, or a block that stands for a convolution.
import { create, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as Type,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../runtime/onnx/onnx_pb'

export interface MeasuredNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface MeasuredGraph {
  readonly nodes: readonly MeasuredNode[]
  /** float32 throughout. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly outputs: Readonly<Record<string, readonly number[]>>
  /** Shapes of weights; their values are noise. */
  readonly weights: Readonly<Record<string, readonly number[]>>
  /** Rows of whole numbers: shapes to reshape to. */
  readonly rows?: Readonly<Record<string, readonly number[]>>
}

function attribute(name: string, value: number | readonly number[]): AttributeProto {
  return typeof value === 'number'
    ? create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(value) })
    : create(AttributeProtoSchema, { name, type: Kind.INTS, ints: value.map(BigInt) })
}

function valueInfo(name: string, shape: readonly number[]): ValueInfoProto {
  const dim = shape.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: Type.FLOAT, shape: { dim } } } },
  })
}

/** Small values that keep what passes through them at about its size. */
function weight(name: string, shape: readonly number[]): TensorProto {
  const count = shape.reduce((product, size) => product * size, 1)
  const scale = Math.sqrt(3 / Math.max(1, count / (shape[0] ?? 1)))
  const values = new Float32Array(count)
  let state = 0x9e3779b9
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    values[index] = (scale * state) / 2 ** 31
  }
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: Type.FLOAT,
    rawData: new Uint8Array(values.buffer),
  })
}

/** An ONNX model with opset 17. */
export function writeMeasuredGraph({ nodes, inputs, outputs, weights, rows = {} }: MeasuredGraph): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'atelier',
    opsetImport: [{ domain: '', version: 17n }],
    graph: {
      name: 'measured',
      node: nodes.map((node) =>
        create(NodeProtoSchema, {
          name: node.outputs.join('+'),
          opType: node.op,
          input: [...node.inputs],
          output: [...node.outputs],
          attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attribute(name, value)),
        }),
      ),
      input: Object.entries(inputs).map(([name, shape]) => valueInfo(name, shape)),
      output: Object.entries(outputs).map(([name, shape]) => valueInfo(name, shape)),
      initializer: [
        ...Object.entries(weights).map(([name, shape]) => weight(name, shape)),
        ...Object.entries(rows).map(([name, row]) =>
          create(TensorProtoSchema, {
            name,
            dims: [BigInt(row.length)],
            dataType: Type.INT64,
            int64Data: row.map(BigInt),
          }),
        ),
      ],
    },
  })
  return toBinary(ModelProtoSchema, model)
}
