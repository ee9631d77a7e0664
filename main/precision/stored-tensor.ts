// A weight that is read, or computed, only when its bytes are asked for: graphs larger than memory can be rewritten.

import { float16To32, float32To16 } from '../tensor/float16'
import { TensorProto_DataType as Type, type TensorProto } from '../runtime/onnx/onnx_pb'
import type { OnnxModel } from '../runtime/onnx/read-model'
import { externalPlace, readTensorBytes } from '../runtime/onnx/tensor-bytes'

export interface StoredTensor {
  readonly type: Type
  readonly dims: readonly number[]
  /** As ONNX's raw_data: little-endian, rows first. */
  readonly bytes: () => Uint8Array
  /** Where exactly these bytes lie on disk, of weights beside their graph. */
  readonly place?: { readonly path: string; readonly offset: number; readonly length: number }
}

/** A tensor of a model's file. */
export function tensorOfModel(model: Pick<OnnxModel, 'path'>, proto: TensorProto): StoredTensor {
  const place = externalPlace(model, proto)
  return {
    type: proto.dataType,
    dims: proto.dims.map(Number),
    bytes: () => readTensorBytes(model, proto),
    ...(place === null ? {} : { place }),
  }
}

export function elementsIn(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

export function floatTensor(dims: readonly number[], values: Float32Array | (() => Float32Array)): StoredTensor {
  const read = typeof values === 'function' ? values : () => values
  return { type: Type.FLOAT, dims, bytes: () => bytesOf(read()) }
}

export function typedTensor(
  type: Type,
  dims: readonly number[],
  values: ArrayBufferView | (() => ArrayBufferView),
): StoredTensor {
  const read = typeof values === 'function' ? values : () => values
  return { type, dims, bytes: () => bytesOf(read()) }
}

/** Float16 of a float tensor: nearest, ties to even; what is beyond float16 is clipped to its largest number. */
export function halfTensor(tensor: StoredTensor): StoredTensor {
  const convert = (): Uint16Array => {
    const values = floatsOf(tensor).slice()
    for (let i = 0; i < values.length; i++) values[i] = Math.max(-65504, Math.min(65504, values[i]!))
    return float32To16(values)
  }
  return typedTensor(Type.FLOAT16, tensor.dims, convert)
}

const floatTypes: ReadonlySet<Type> = new Set([Type.FLOAT, Type.FLOAT16, Type.BFLOAT16, Type.DOUBLE])

/** Whether a tensor holds real numbers that `floatsOf` reads. */
export function isFloat({ type }: Pick<StoredTensor, 'type'>): boolean {
  return floatTypes.has(type)
}

/** A float tensor's numbers as float32. @throws RangeError for other types */
export function floatsOf(tensor: StoredTensor): Float32Array {
  const bytes = tensor.bytes()
  const count = elementsIn(tensor.dims)
  // Raw bytes need not lie where an array of wider elements may begin.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  switch (tensor.type) {
    case Type.FLOAT:
      return new Float32Array(aligned.buffer, aligned.byteOffset, count)
    case Type.DOUBLE:
      return Float32Array.from(new Float64Array(aligned.buffer, aligned.byteOffset, count))
    case Type.FLOAT16:
      return float16To32(new Uint16Array(aligned.buffer, aligned.byteOffset, count))
    case Type.BFLOAT16: {
      const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, count)
      const words = new Uint32Array(count)
      for (let i = 0; i < count; i++) words[i] = halves[i]! * 65536
      return new Float32Array(words.buffer)
    }
    default:
      throw new RangeError(`Tensors of type ${tensor.type} hold no real numbers`)
  }
}

/** The one number of a scalar, or of a tensor of one element; null for others. */
export function scalarOf(tensor: StoredTensor): number | null {
  if (elementsIn(tensor.dims) !== 1) return null
  if (isFloat(tensor)) return floatsOf(tensor)[0]!
  const bytes = tensor.bytes()
  if (tensor.type === Type.UINT8) return bytes[0]!
  if (tensor.type === Type.INT8) return new Int8Array(bytes.buffer, bytes.byteOffset, 1)[0]!
  if (tensor.type === Type.INT64) return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true))
  return null
}
