import { fromFloat16 } from '../tensor/float16'
import { elementBits } from '../runtime/onnx/element-types'

// Stored elements of every type as numbers. Little-endian, as ONNX, safetensors and GGUF all store them.

type Reader = (view: DataView, index: number) => number

const floatView = new DataView(new ArrayBuffer(4))

/** A float16's wider sibling: the upper half of a float32. */
function bfloat16(bits: number): number {
  floatView.setUint32(0, bits << 16)
  return floatView.getFloat32(0)
}

/** 8-bit floats with so many bits of mantissa; `fnuz` types have one zero and NaN in place of -0. */
function float8(mantissaBits: number, bias: number, kind: 'fn' | 'ieee' | 'fnuz'): readonly number[] {
  return Array.from({ length: 256 }, (_, bits) => {
    const sign = bits & 0x80 ? -1 : 1
    const exponent = (bits & 0x7f) >> mantissaBits
    const mantissa = bits & ((1 << mantissaBits) - 1)
    const highest = (0x7f >> mantissaBits) & 0xff
    if (kind === 'fnuz' && bits === 0x80) return NaN
    if (kind === 'fn' && (bits & 0x7f) === 0x7f) return NaN
    if (kind === 'ieee' && exponent === highest) return mantissa === 0 ? sign * Infinity : NaN
    const fraction = mantissa / (1 << mantissaBits)
    return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias)
  })
}

const e4m3fn = float8(3, 7, 'fn')
const e4m3fnuz = float8(3, 8, 'fnuz')
const e5m2 = float8(2, 15, 'ieee')
const e5m2fnuz = float8(2, 16, 'fnuz')
const e2m1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6]

/** The four bits of an element, the lower ones first. */
function nibble(view: DataView, index: number): number {
  const byte = view.getUint8(index >> 1)
  return index & 1 ? byte >> 4 : byte & 15
}

function crumb(view: DataView, index: number): number {
  return (view.getUint8(index >> 2) >> (2 * (index & 3))) & 3
}

const readers: Readonly<Record<string, Reader>> = {
  float32: (view, index) => view.getFloat32(index * 4, true),
  float64: (view, index) => view.getFloat64(index * 8, true),
  float16: (view, index) => fromFloat16(view.getUint16(index * 2, true)),
  bfloat16: (view, index) => bfloat16(view.getUint16(index * 2, true)),
  float8e4m3fn: (view, index) => e4m3fn[view.getUint8(index)]!,
  float8e4m3fnuz: (view, index) => e4m3fnuz[view.getUint8(index)]!,
  float8e5m2: (view, index) => e5m2[view.getUint8(index)]!,
  float8e5m2fnuz: (view, index) => e5m2fnuz[view.getUint8(index)]!,
  float8e8m0: (view, index) => (view.getUint8(index) === 255 ? NaN : 2 ** (view.getUint8(index) - 127)),
  float4e2m1: (view, index) => e2m1[nibble(view, index)]!,
  uint8: (view, index) => view.getUint8(index),
  int8: (view, index) => view.getInt8(index),
  bool: (view, index) => Number(view.getUint8(index) !== 0),
  uint16: (view, index) => view.getUint16(index * 2, true),
  int16: (view, index) => view.getInt16(index * 2, true),
  uint32: (view, index) => view.getUint32(index * 4, true),
  int32: (view, index) => view.getInt32(index * 4, true),
  uint64: (view, index) => Number(view.getBigUint64(index * 8, true)),
  int64: (view, index) => Number(view.getBigInt64(index * 8, true)),
  uint4: nibble,
  int4: (view, index) => (nibble(view, index) << 28) >> 28,
  uint2: crumb,
  int2: (view, index) => (crumb(view, index) << 30) >> 30,
}

/** Whether elements of this type can be shown as numbers. */
export function isReadable(dtype: string): boolean {
  return Object.hasOwn(readers, dtype)
}

/** So many elements from the first byte on, fewer where there are not as many; int64 beyond 2^53 is rounded. */
export function decodeElements(dtype: string, bytes: Uint8Array, count: number): Float64Array {
  const read = readers[dtype]
  if (read === undefined) throw new RangeError(`Elements of type ${dtype} cannot be read`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const there = Math.min(count, Math.floor((bytes.byteLength * 8) / elementBits(dtype)))
  const values = new Float64Array(there)
  for (let index = 0; index < there; index += 1) values[index] = read(view, index)
  return values
}
