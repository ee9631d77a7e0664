import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { GraphOutline } from '../graph-outline'
import { requantise } from './requantise'

/** A file of weights in memory. */
interface FileInMemory {
  readonly path: string
  readonly data: Uint8Array
}

/**
 * The files of weights of a graph that plans some which no file holds: those are made of what lies beside it, the others read whole, for
 * onnxruntime takes either all of them from memory or none. It keeps copies of what it needs.
 * @returns undefined where all weights lie in files, which onnxruntime maps by itself
 */
export async function madeWeights({ paths, requantised }: GraphOutline): Promise<FileInMemory[] | undefined> {
  if (requantised === null) return undefined
  const [graph, ...files] = paths
  const made = new Uint8Array(requantised.bytes)
  const sources = new Set(requantised.matrices.map(({ from }) => from))
  for (const source of sources) {
    const stored = await readFile(join(dirname(graph!), source))
    for (const matrix of requantised.matrices) if (matrix.from === source) requantise(matrix, stored, made)
  }
  const others = files.filter((file) => !sources.has(basename(file)))
  const read = await Promise.all(others.map(async (file) => ({ path: basename(file), data: await readFile(file) })))
  return [{ path: requantised.file, data: made }, ...read]
}
