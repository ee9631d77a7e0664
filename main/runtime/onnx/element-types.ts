import { TensorProto_DataType as Type } from './onnx_pb'

/** An element type of ONNX: how it is called here and how many bits an element takes as stored. */
export interface ElementType {
  readonly name: string
  /** 0 where elements have no fixed size. */
  readonly bits: number
}

const entries: readonly (readonly [Type, string, number])[] = [
  [Type.FLOAT, 'float32', 32],
  [Type.UINT8, 'uint8', 8],
  [Type.INT8, 'int8', 8],
  [Type.UINT16, 'uint16', 16],
  [Type.INT16, 'int16', 16],
  [Type.INT32, 'int32', 32],
  [Type.INT64, 'int64', 64],
  [Type.STRING, 'string', 0],
  [Type.BOOL, 'bool', 8],
  [Type.FLOAT16, 'float16', 16],
  [Type.DOUBLE, 'float64', 64],
  [Type.UINT32, 'uint32', 32],
  [Type.UINT64, 'uint64', 64],
  [Type.COMPLEX64, 'complex64', 64],
  [Type.COMPLEX128, 'complex128', 128],
  [Type.BFLOAT16, 'bfloat16', 16],
  [Type.FLOAT8E4M3FN, 'float8e4m3fn', 8],
  [Type.FLOAT8E4M3FNUZ, 'float8e4m3fnuz', 8],
  [Type.FLOAT8E5M2, 'float8e5m2', 8],
  [Type.FLOAT8E5M2FNUZ, 'float8e5m2fnuz', 8],
  [Type.UINT4, 'uint4', 4],
  [Type.INT4, 'int4', 4],
  [Type.FLOAT4E2M1, 'float4e2m1', 4],
  [Type.FLOAT8E8M0, 'float8e8m0', 8],
  [Type.UINT2, 'uint2', 2],
  [Type.INT2, 'int2', 2],
  [Type.FLOAT6E2M3, 'float6e2m3', 6],
  [Type.FLOAT6E3M2, 'float6e3m2', 6],
]

const byNumber = new Map<number, ElementType>(entries.map(([number, name, bits]) => [number, { name, bits }]))
const bitsByName = new Map(entries.map(([, name, bits]) => [name, bits]))

/** By its number in onnx.proto; null where that has none. */
export function elementType(number: number): ElementType | null {
  return byNumber.get(number) ?? null
}

/** Bits of an element by the type's name; 0 where it is unknown or of no fixed size. */
export function elementBits(name: string): number {
  return bitsByName.get(name) ?? 0
}

/** Bytes that so many elements take as stored, the last byte filled up. */
export function storedBytes(name: string, elements: number): number {
  return Math.ceil((elements * elementBits(name)) / 8)
}
