// Reads the safetensors format: 8 bytes of header length (little endian), a JSON header, then the raw values.
// https://github.com/huggingface/safetensors

import { StudioError } from '../../contract/errors'
import { elementCount, type Dtype, type Tensor, type TensorArrays } from './tensor'

type ArrayMaker<D extends Dtype> = (buffer: ArrayBuffer, offset: number, length: number) => TensorArrays[D]
interface Kind {
  readonly dtype: Dtype
  readonly bytes: number
  readonly view: ArrayMaker<Dtype>
}

const kinds: Readonly<Record<string, Kind>> = {
  F64: { dtype: 'float64', bytes: 8, view: (b, o, n) => new Float64Array(b, o, n) },
  F32: { dtype: 'float32', bytes: 4, view: (b, o, n) => new Float32Array(b, o, n) },
  F16: { dtype: 'float16', bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  I64: { dtype: 'int64', bytes: 8, view: (b, o, n) => new BigInt64Array(b, o, n) },
  I32: { dtype: 'int32', bytes: 4, view: (b, o, n) => new Int32Array(b, o, n) },
  I8: { dtype: 'int8', bytes: 1, view: (b, o, n) => new Int8Array(b, o, n) },
  U8: { dtype: 'uint8', bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  BOOL: { dtype: 'bool', bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
}

/**
 * The tensors of a safetensors file by name. The values are copied, so the file's buffer can be let go.
 * @throws StudioError MODEL_BROKEN where the file is not safetensors or is cut short, MODEL_UNSUPPORTED for an element
 *   type the studio has none of
 */
export function readSafetensors(file: Uint8Array): Map<string, Tensor> {
  if (file.length < 8) throw broken('it is too short to have a header')
  const headerBytes = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true))
  if (headerBytes > file.length - 8) throw broken('its header is longer than the file')
  const header = parseHeader(file.subarray(8, 8 + headerBytes))
  const values = file.subarray(8 + headerBytes)
  const tensors = new Map<string, Tensor>()
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, readTensor(name, entry, values))
  }
  return tensors
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw broken('its header is not JSON', cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw broken('its header is not an object')
  return header
}

function readTensor(name: string, entry: unknown, values: Uint8Array): Tensor {
  if (typeof entry !== 'object' || entry === null) throw broken(`"${name}" has no description`)
  const { dtype: code, shape, data_offsets: offsets } = entry as Record<string, unknown>
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) throw broken(`"${name}" has no shape or place`)
  const kind = typeof code === 'string' && Object.hasOwn(kinds, code) ? kinds[code] : undefined
  if (kind === undefined) {
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `The tensor "${name}" has the element type ${String(code)}, which is not supported`,
      {
        remedy: 'Save the file with float32 or float16 values.',
      },
    )
  }
  const [start, end] = offsets as [number, number]
  const length = elementCount(shape)
  if (end < start || end > values.length) throw broken(`"${name}" reaches past the end`)
  if (length * kind.bytes !== end - start) throw broken(`"${name}" does not have as many bytes as its shape needs`)
  // A copy, because a typed array must start at a multiple of its element size and the header may have any length.
  const copy = new Uint8Array(end - start)
  copy.set(values.subarray(start, end))
  return { dtype: kind.dtype, shape, data: kind.view(copy.buffer, 0, length) }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function broken(why: string, cause?: unknown): StudioError {
  return new StudioError(
    'MODEL_BROKEN',
    `This safetensors file cannot be read: ${why}`,
    { remedy: 'Download or save the file again.' },
    { cause },
  )
}
