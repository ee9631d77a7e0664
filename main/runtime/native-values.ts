import { Tensor as NativeTensor, type InferenceSession } from 'onnxruntime-node'
import { StudioError } from '../../contract/errors'
import type { Dtype, Tensor, TensorArrays } from '../tensor/tensor'
import type { ValueInfo } from './graph-session'

const dtypes: ReadonlySet<string> = new Set<Dtype>([
  'float32',
  'float64',
  'float16',
  'int32',
  'int64',
  'uint8',
  'int8',
  'bool',
])

/** What the graph declares. @throws StudioError MODEL_UNSUPPORTED where a value has a type that the studio does not feed */
export function readValueInfo(role: string, metadata: InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor || !dtypes.has(metadata.type)) {
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `${role}: "${metadata.name}" is ${metadata.isTensor ? metadata.type : 'not a tensor'}, which the studio cannot feed`,
      { remedy: 'Export the graph with float32, float16, int64 or int32 inputs and outputs.' },
    )
  }
  return { name: metadata.name, dtype: metadata.type as Dtype, shape: metadata.shape }
}

/** onnxruntime's view of a tensor, on the same memory. */
export function toNative({ dtype, data, shape }: Tensor): NativeTensor {
  // The adapter's one cast: onnxruntime's overloads tie each type to its array, which `checkFeeds` has made sure of.
  return new NativeTensor(dtype, data as Float32Array, shape)
}

/** Our view of what a run returned, on the same memory. */
export function fromNative(value: NativeTensor): Tensor {
  let data = value.data as TensorArrays[Dtype]
  // Where JavaScript has a Float16Array, onnxruntime hands it out; the studio keeps the bits.
  if (value.type === 'float16' && !(data instanceof Uint16Array)) {
    const { buffer, byteOffset, length } = data as ArrayBufferView & { length: number }
    data = new Uint16Array(buffer as ArrayBuffer, byteOffset, length)
  }
  return { dtype: value.type as Dtype, shape: value.dims, data }
}
