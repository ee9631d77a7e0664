// What a graph's file says about itself, read without its weights: a folder is checked in milliseconds, and a missing
// or cut file is named before anything is loaded. Field numbers are those of onnx.proto.
import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StudioError } from '../../contract/errors'
import type { Dtype } from '../tensor/tensor'
import { elementType } from './onnx/element-types'
import { externalFilePath, externalFileProblem } from './onnx/external-file'
import { ProtobufError, ProtobufFile, type Field } from './protobuf-file'
import { readRequantisedPlan, requantisedKey, storedEnd, type RequantisedPlan } from './requantised/plan'

/** An input or output as the file declares it; `other` where the studio has no array for the element type. */
export interface DeclaredValue {
  readonly name: string
  readonly dtype: Dtype | 'bfloat16' | 'other'
  readonly shape: readonly (number | string)[]
}

export interface GraphOutline {
  readonly inputs: readonly DeclaredValue[]
  readonly outputs: readonly DeclaredValue[]
  /** The graph's file, then the files beside it that hold its weights. */
  readonly paths: readonly string[]
  /** Size of what is loaded: of all of them together, or of what is made in their place. */
  readonly bytes: number
  /** Bytes of weights by element type. */
  readonly weightBytes: ReadonlyMap<string, number>
  /** What the exporter wrote beside the graph, such as the names of classes. */
  readonly metadata: ReadonlyMap<string, string>
  /** Weights that no file holds; null where each lies in a file. */
  readonly requantised: RequantisedPlan | null
}

const declarable = new Set(['float32', 'uint8', 'int8', 'int32', 'int64', 'bool', 'float16', 'float64', 'bfloat16'])

interface Weight {
  name: string
  type: string
  bytes: number
  /** Place of the bytes where they lie in another file. */
  external: { location: string; end: number } | null
}

/** StringStringEntryProtos as a table. */
function readEntries(file: ProtobufFile, entries: readonly Field[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const texts = new Map([...file.fields(entry)].map((field) => [field.number, file.text(field)]))
      return [texts.get(1) ?? '', texts.get(2) ?? '']
    }),
  )
}

/** Finds a weight's place. */
function readExternal(file: ProtobufFile, entries: readonly Field[], bytes: number): Weight['external'] {
  const place = readEntries(file, entries)
  const location = place.get('location')
  if (location === undefined) return null
  return { location, end: Number(place.get('offset') ?? 0) + Number(place.get('length') ?? bytes) }
}

function readWeight(file: ProtobufFile, tensor: Field): Weight {
  const dims: number[] = []
  const entries: Field[] = []
  let [name, type] = ['', 0]
  for (const field of file.fields(tensor)) {
    if (field.number === 1) dims.push(...(field.value === null ? file.numbers(field) : [field.value]))
    else if (field.number === 2) type = field.value ?? 0
    else if (field.number === 8) name = file.text(field)
    else if (field.number === 13) entries.push(field)
  }
  const { name: typeName, bits } = elementType(type) ?? { name: 'other', bits: 8 }
  const bytes = Math.ceil((dims.reduce((product, size) => product * size, 1) * bits) / 8)
  return { name, type: typeName, bytes, external: readExternal(file, entries, bytes) }
}

/** Follows field numbers into nested messages. */
function find(file: ProtobufFile, from: Field, ...trail: number[]): Field | undefined {
  let at: Field | undefined = from
  for (const number of trail) at = at && [...file.fields(at)].find((field) => field.number === number)
  return at
}

/** A ValueInfoProto: a name, and a type that holds a tensor type that holds element type and shape. */
function readValue(file: ProtobufFile, info: Field): DeclaredValue {
  const name = find(file, info, 1)
  const dtype = elementType(find(file, info, 2, 1, 1)?.value ?? 0)?.name ?? 'other'
  const shape = find(file, info, 2, 1, 2)
  const dimensions = shape === undefined ? [] : [...file.fields(shape)].filter((field) => field.number === 1)
  return {
    name: name === undefined ? '' : file.text(name),
    dtype: declarable.has(dtype) ? (dtype as Dtype) : 'other',
    shape: dimensions.map((dimension) => {
      const symbol = find(file, dimension, 2)
      return find(file, dimension, 1)?.value ?? (symbol === undefined ? '' : file.text(symbol))
    }),
  }
}

function readGraph(file: ProtobufFile): { inputs: DeclaredValue[]; outputs: DeclaredValue[]; weights: Weight[] } {
  const graph = [...file.fields()].find((field) => field.number === 7)
  if (graph === undefined) throw new ProtobufError('it holds no graph')
  const [inputs, outputs, weights]: [DeclaredValue[], DeclaredValue[], Weight[]] = [[], [], []]
  for (const field of file.fields(graph)) {
    if (field.number === 5) weights.push(readWeight(file, field))
    else if (field.number === 11) inputs.push(readValue(file, field))
    else if (field.number === 12) outputs.push(readValue(file, field))
  }
  // Old exporters list every weight among the inputs as well.
  const names = new Set(weights.map((weight) => weight.name))
  return { inputs: inputs.filter(({ name }) => !names.has(name)), outputs, weights }
}

function sizeOf(path: string): number | null {
  try {
    const stats = statSync(path)
    return stats.isFile() ? stats.size : null
  } catch {
    return null
  }
}

function broken(path: string, why: string, remedy?: string): StudioError {
  const name = join(basename(dirname(path)), basename(path))
  return new StudioError('MODEL_BROKEN', `The model's file ${name} cannot be used: ${why}`, {
    remedy: remedy ?? `Download or copy ${name} again.`,
    detail: path,
  })
}

function openFile(path: string): ProtobufFile {
  try {
    return new ProtobufFile(path)
  } catch {
    throw broken(path, 'it cannot be opened', 'Allow the studio to read it.')
  }
}

/** Files that the weights need to reach so far: those that they lie in, or are made of. */
function weightEnds(path: string, weights: readonly Weight[], plan: RequantisedPlan | null): Map<string, number> {
  const ends = new Map<string, number>()
  const reach = (location: string, end: number): void => {
    ends.set(location, Math.max(ends.get(location) ?? 0, end))
  }
  for (const { external } of weights) {
    if (external === null) continue
    if (external.location !== plan?.file) reach(external.location, external.end)
    else if (external.end > plan.bytes) throw broken(path, 'it asks for more weights than its plan makes')
  }
  for (const matrix of plan?.matrices ?? []) reach(matrix.from, storedEnd(matrix))
  return ends
}

/** The weight files beside a graph, each with its size, after seeing that they are whole. */
function checkWeightFiles(path: string, ends: ReadonlyMap<string, number>): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const [location, end] of ends) {
    const problem = externalFileProblem(location)
    if (problem !== null) throw broken(path, problem, 'Use only models whose weights lie beside their graphs.')
    const beside = externalFilePath(path, location)
    const size = sizeOf(beside)
    if (size === null) {
      const remedy = `Put ${location} beside ${basename(path)}. Its name is written in the graph and may not be changed.`
      throw broken(beside, 'it is missing', remedy)
    }
    if (size < end) throw broken(beside, `it is cut off: ${size} of at least ${end} bytes are there`)
    sizes.set(beside, size)
  }
  return sizes
}

function readPlan(path: string, metadata: ReadonlyMap<string, string>): RequantisedPlan | null {
  const text = metadata.get(requantisedKey)
  if (text === undefined) return null
  try {
    return readRequantisedPlan(text)
  } catch {
    throw broken(path, 'its plan of weights to be made is not one')
  }
}

/**
 * Reads what a graph declares and sees that all of its weights are there.
 * @throws StudioError MODEL_BROKEN naming the file that is missing, cut off or no graph
 */
export function readGraphOutline(path: string): GraphOutline {
  const graphBytes = sizeOf(path)
  if (graphBytes === null) throw broken(path, 'it is missing')
  const file = openFile(path)
  try {
    const { inputs, outputs, weights } = readGraph(file)
    const metadata = readEntries(
      file,
      [...file.fields()].filter((field) => field.number === 14),
    )
    const requantised = readPlan(path, metadata)
    const beside = checkWeightFiles(path, weightEnds(path, weights, requantised))
    const weightBytes = new Map<string, number>()
    for (const { type, bytes } of weights) weightBytes.set(type, (weightBytes.get(type) ?? 0) + bytes)
    const isSource = (file: string): boolean =>
      requantised?.matrices.some(({ from }) => externalFilePath(path, from) === file) ?? false
    const loaded = [...beside].reduce((sum, [file, size]) => sum + (isSource(file) ? 0 : size), graphBytes)
    const bytes = loaded + (requantised?.bytes ?? 0)
    return { inputs, outputs, paths: [path, ...beside.keys()], bytes, weightBytes, metadata, requantised }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    if (file.startsWith('version https://git-lfs')) {
      throw broken(path, 'it is only a Git LFS pointer to the real file', 'Run "git lfs pull" in the model\'s folder.')
    }
    throw broken(path, error.message)
  } finally {
    file.close()
  }
}
