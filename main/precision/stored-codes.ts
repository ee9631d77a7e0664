// Weights that are stored as whole numbers with scales, and the real numbers that they stand for.

import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'
import { elementsIn, floatsOf, floatTensor, isFloat, type StoredTensor } from './stored-tensor'

const codeTypes: ReadonlySet<Type> = new Set([Type.INT8, Type.UINT8, Type.INT32])

function codesOf(tensor: StoredTensor): Int8Array | Uint8Array | Int32Array {
  const bytes = tensor.bytes()
  if (tensor.type === Type.UINT8) return bytes
  const aligned = new Uint8Array(bytes)
  return tensor.type === Type.INT8 ? new Int8Array(aligned.buffer) : new Int32Array(aligned.buffer)
}

export interface StoredCodes {
  readonly codes: StoredTensor | undefined
  /** One for the whole tensor, or one for each place along the axis. */
  readonly scale: StoredTensor | undefined
  /** 0 where undefined. */
  readonly zero: StoredTensor | undefined
  readonly axis: number
}

/** (code - zero) * scale * factor as float32, computed when it is asked for; null where the parts are of types that are not known. */
export function dequantisedTensor({ codes, scale, zero, axis }: StoredCodes, factor = 1): StoredTensor | null {
  if (codes === undefined || scale === undefined || !codeTypes.has(codes.type) || !isFloat(scale)) return null
  const { dims } = codes
  return floatTensor(dims, () => {
    const [values, scales] = [codesOf(codes), floatsOf(scale)]
    const zeros = zero === undefined ? null : codesOf(zero)
    const inner = elementsIn(dims.slice(axis + 1))
    const channels = scales.length === 1 ? 1 : (dims[axis] ?? 1)
    return Float32Array.from(values, (code, index) => {
      const channel = channels === 1 ? 0 : Math.floor(index / inner) % channels
      return (code - (zeros?.[zeros.length === 1 ? 0 : channel] ?? 0)) * scales[channel]! * factor
    })
  })
}
