// Reads a model's graph without its weights: what is large in the file is left out before it is decoded, and where it lies
// is noted, so that gigabytes of weights in the file itself cost nothing to open.
import { create, fromBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { basename, dirname, join } from 'node:path'
import { StudioError } from '../../../contract/errors'
import { ProtobufError, ProtobufFile, type Field } from '../protobuf-file'
import { ModelProtoSchema, StringStringEntryProtoSchema, type ModelProto, type TensorProto } from './onnx_pb'

export interface OnnxModel {
  readonly path: string
  /** Of the whole file. */
  readonly fileBytes: number
  /** Of the file without the values that were left out. */
  readonly graphBytes: number
  readonly model: ModelProto
}

/** Where a tensor's values lie in the file that they were left out of. */
export interface ValuePlace {
  /** Field of TensorProto that holds them: 9 raw, 4 floats, 5 int32, 7 int64, 10 doubles, 11 uint64. */
  readonly field: number
  readonly start: number
  readonly end: number
}

/** Values up to this many bytes stay: shapes and axes are computed with. */
const keptBytes = 8192
const deepest = 60
const mostFields = 5_000_000
const mostGraphBytes = 128 * 1024 * 1024
const placeKey = 'atelier.place'

/** The fields of each message that may lead to tensors, by what they hold. */
const nested = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>
type Message = keyof typeof nested

/** Fields of a TensorProto that hold its values. */
const valueFields: ReadonlySet<number> = new Set([4, 5, 6, 7, 9, 10, 11])

class SlimReader {
  readonly #file: ProtobufFile
  #fields = 0
  kept = 0

  constructor(file: ProtobufFile) {
    this.#file = file
  }

  /** A message's bytes without the large values in it. */
  slim(kind: Message, start: number, end: number, depth = 0): Buffer {
    if (depth > deepest) throw new ProtobufError('its graphs are nested too deeply')
    const parts: Uint8Array[] = []
    // Fields that are kept whole and follow each other are read together.
    let whole = start
    const flush = (until: number): void => {
      if (until > whole) parts.push(this.#read(whole, until))
    }
    let at = start
    for (const field of this.#file.fields({ start, end })) {
      this.#fields += 1
      if (this.#fields > mostFields) throw new ProtobufError('it has more parts than a graph can have')
      const inner = (nested[kind] as Readonly<Record<number, Message>>)[field.number]
      const bytes = field.end - field.start
      const place = kind === 'tensor' && valueFields.has(field.number) && bytes > keptBytes
      if (place || (inner !== undefined && bytes > keptBytes)) {
        flush(at)
        if (place) parts.push(placeEntry(field))
        else parts.push(part(field.number, this.slim(inner!, field.start, field.end, depth + 1)))
        whole = field.end
      }
      at = field.end
    }
    flush(at)
    return Buffer.concat(parts)
  }

  #read(start: number, end: number): Buffer {
    this.kept += end - start
    if (this.kept > mostGraphBytes) {
      throw new ProtobufError('its graph is larger than 128 MB without the weights')
    }
    return this.#file.bytes({ start, end })
  }
}

function part(field: number, content: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(content).finish()
}

/** A metadata entry of the tensor (field 16) that says where its values were. */
function placeEntry({ number, start, end }: Field): Uint8Array {
  const { key, value } = create(StringStringEntryProtoSchema, { key: placeKey, value: `${number}:${start}:${end}` })
  return part(
    16,
    new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .string(key)
      .tag(2, WireType.LengthDelimited)
      .string(value)
      .finish(),
  )
}

/** Where a tensor's values lie in its model's file; null where they were small and are in the tensor itself. */
export function valuePlace(tensor: TensorProto): ValuePlace | null {
  const places = tensor.metadataProps.filter(({ key }) => key === placeKey)
  const [field, start, end] = (places[0]?.value ?? '').split(':').map(Number)
  if (places.length === 0 || field === undefined || start === undefined || end === undefined) return null
  return { field, start, end }
}

/** The file's name with its folder's, which tells one `model.onnx` from another. */
export function shortName(path: string): string {
  return join(basename(dirname(path)), basename(path))
}

/** What is said of a file that cannot be read. @param name what people call it */
export function brokenFile(path: string, name: string, why: string, cause?: unknown): StudioError {
  return new StudioError(
    'MODEL_BROKEN',
    `${name} cannot be read: ${why}`,
    { remedy: `Download or copy ${basename(path)} again.`, detail: path },
    { cause },
  )
}

/**
 * Reads a model without its weights.
 * @param name what people call it, in what is said where it cannot be read
 * @throws StudioError MODEL_BROKEN where the file is missing, cut off or no ONNX model
 */
export function readOnnxModel(path: string, name = shortName(path)): OnnxModel {
  let file: ProtobufFile
  try {
    file = new ProtobufFile(path)
  } catch (cause) {
    throw brokenFile(path, name, 'it is missing or cannot be opened', cause)
  }
  try {
    if (file.size === 0) throw new ProtobufError('it is empty')
    const reader = new SlimReader(file)
    const slim = reader.slim('model', 0, file.size)
    const model = fromBinary(ModelProtoSchema, slim)
    if (model.graph === undefined) throw new ProtobufError('it holds no graph')
    return { path, fileBytes: file.size, graphBytes: slim.length, model }
  } catch (error) {
    if (file.startsWith('version https://git-lfs')) {
      throw brokenFile(path, name, 'it is only a Git LFS pointer to the real file', error)
    }
    if (error instanceof ProtobufError) throw brokenFile(path, name, error.message, error)
    // Whatever the decoder throws is about the bytes it was given.
    throw brokenFile(path, name, 'it is not an ONNX graph', error)
  } finally {
    file.close()
  }
}
