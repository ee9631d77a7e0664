import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'

interface KnownFile {
  readonly size: number
  readonly modified: number
  readonly sha256: string
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
  return hash.digest('hex')
}

/**
 * Names a model by what is in its files: SHA-256 over the hashes of its graphs and weights. Files are read
 * once and again only when size or time of change differ, for gigabytes take seconds.
 */
export class ModelHashes {
  readonly #cachePath: string
  #known: Map<string, KnownFile> | null = null

  constructor(cachePath: string) {
    this.#cachePath = cachePath
  }

  /** @param files paths of the model's graphs and weights */
  async hash(files: readonly string[]): Promise<string> {
    const whole = createHash('sha256')
    let changed = false
    const known = (this.#known ??= await this.#load())
    for (const path of [...files].sort()) {
      const { size, mtimeMs } = await stat(path)
      let file = known.get(path)
      if (file === undefined || file.size !== size || file.modified !== mtimeMs) {
        file = { size, modified: mtimeMs, sha256: await hashFile(path) }
        known.set(path, file)
        changed = true
      }
      whole.update(`${file.sha256}\n`)
    }
    if (changed) await writeFileAtomic(this.#cachePath, JSON.stringify(Object.fromEntries(known)))
    return whole.digest('hex')
  }

  async #load(): Promise<Map<string, KnownFile>> {
    try {
      return new Map(Object.entries(JSON.parse(await readFile(this.#cachePath, 'utf8')) as Record<string, KnownFile>))
    } catch {
      // A cache that is missing or damaged costs one reading of the files.
      return new Map()
    }
  }
}
