// Converted graphs on disk, by what they were made from and how: the same recipe on the same model is made once.

import { createHash, randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { StudioError } from '../../contract/errors'
import type { Recipe } from '../../contract/precision'
import { converterVersion } from './convert'
import type { EditableGraph } from './editable-graph'

export interface VariantKey {
  /** SHA-256 of the model's files. */
  readonly modelHash: string
  readonly role: string
  readonly recipe: Recipe
  /** What the ranges of activations were found on; empty where none are needed. */
  readonly calibration: string
}

/** Room that is left free beside what is written. */
const spareBytes = 100 * 1024 * 1024
const graphFile = 'model.onnx'

export class VariantStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Where a variant's graph is, or would be. */
  path(key: VariantKey): string {
    const { modelHash, role, recipe, calibration } = key
    const text = JSON.stringify([converterVersion, modelHash, role, ordered(recipe), calibration])
    return join(this.#folder, createHash('sha256').update(text).digest('hex').slice(0, 32), graphFile)
  }

  has(key: VariantKey): boolean {
    return existsSync(this.path(key))
  }

  /** The graph of a recipe, whatever its ranges were found on; the latest where there are several. Null where there is none. */
  find({ modelHash, role, recipe }: Omit<VariantKey, 'calibration'>): string | null {
    if (!existsSync(this.#folder)) return null
    const wanted = JSON.stringify([modelHash, role, ordered(recipe)])
    let best: { path: string; time: number } | null = null
    for (const name of readdirSync(this.#folder)) {
      const note = join(this.#folder, name, 'variant.json')
      if (name.startsWith('draft-') || !existsSync(note)) continue
      const key = JSON.parse(readFileSync(note, 'utf8')) as VariantKey
      const time = statSync(note).mtimeMs
      // What an older converter made is never used again.
      if (JSON.stringify([key.modelHash, key.role, ordered(key.recipe)]) !== wanted || !this.has(key)) continue
      if (best === null || time > best.time) best = { path: join(this.#folder, name, graphFile), time }
    }
    return best?.path ?? null
  }

  /**
   * Writes a graph under its key; what is half written never counts as there.
   * @throws StudioError DISK_FULL, CANCELLED
   */
  write(key: VariantKey, graph: EditableGraph, isCancelled: () => boolean): string {
    const path = this.path(key)
    const folder = join(path, '..')
    const draft = join(this.#folder, `draft-${randomUUID()}`)
    mkdirSync(draft, { recursive: true })
    try {
      this.#checkRoom(graph.weightBytes())
      graph.write(join(draft, graphFile), { isCancelled })
      if (isCancelled()) throw new StudioError('CANCELLED', 'The conversion was cancelled')
      writeFileSync(join(draft, 'variant.json'), JSON.stringify(key))
      rmSync(folder, { recursive: true, force: true })
      renameSync(draft, folder)
      return path
    } catch (error) {
      rmSync(draft, { recursive: true, force: true })
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
        throw noRoom(graph.weightBytes(), 0, error)
      throw error
    }
  }

  /** Takes away a graph that nobody will ask for again. */
  discard(path: string): void {
    rmSync(join(path, '..'), { recursive: true, force: true })
  }

  /** A file for a graph that is needed once; to be removed by `dispose`. */
  temporary(): { path: string; dispose: () => void } {
    const folder = join(this.#folder, `draft-${randomUUID()}`)
    mkdirSync(folder, { recursive: true })
    return { path: join(folder, graphFile), dispose: () => rmSync(folder, { recursive: true, force: true }) }
  }

  /** Bytes on disk, and how many variants. */
  size(): { bytes: number; variants: number } {
    if (!existsSync(this.#folder)) return { bytes: 0, variants: 0 }
    let [bytes, variants] = [0, 0]
    for (const name of readdirSync(this.#folder)) {
      const folder = join(this.#folder, name)
      if (!statSync(folder).isDirectory()) continue
      variants += 1
      for (const file of readdirSync(folder)) bytes += statSync(join(folder, file)).size
    }
    return { bytes, variants }
  }

  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #checkRoom(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.#folder)
    const free = bavail * bsize
    if (free < bytes + spareBytes) throw noRoom(bytes, free)
  }
}

function noRoom(needed: number, free: number, cause?: unknown): StudioError {
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
  return new StudioError(
    'DISK_FULL',
    `The converted graph needs ${megabytes(needed)} and ${megabytes(free)} are free`,
    { remedy: 'Clear the converted graphs under Precision, or make room on the disk of the data folder.' },
    { cause },
  )
}

/** A recipe with its fields in one order and only those that its column reads, so that equal recipes have equal keys. */
function ordered({ column, blockSize, symmetric, calibration, percentile, perChannel, keep }: Recipe): unknown[] {
  const kept = [...keep].sort()
  switch (column) {
    case 'int4':
    case 'int8-weights':
      return [column, kept, blockSize, symmetric]
    case 'int8-dynamic':
      return [column, kept, perChannel]
    case 'int8-static':
      return [column, kept, perChannel, calibration, calibration === 'percentile' ? percentile : null]
    default:
      return [column, kept]
  }
}
