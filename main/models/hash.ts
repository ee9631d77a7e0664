import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'

const knownFileSchema = z.object({ size: z.number(), modified: z.number(), sha256: z.string() })
type KnownFile = z.infer<typeof knownFileSchema>
const cacheSchema = z.record(z.string(), knownFileSchema)

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
  return hash.digest('hex')
}

/**
 * Names a model by what is in its files, wherever they lie: SHA-256 over the sorted hashes of its graphs and weights.
 * Files are read once, and again only when size or time of change differ, for gigabytes take seconds.
 */
export class ModelHashes {
  readonly #cachePath: string
  #known: Promise<Map<string, KnownFile>> | null = null

  constructor(cachePath: string) {
    this.#cachePath = cachePath
  }

  /** @param files paths of the model's graphs and weights */
  async hash(files: readonly string[]): Promise<string> {
    const known = await (this.#known ??= this.#load())
    const hashes: string[] = []
    let changed = false
    for (const path of files) {
      const { size, mtimeMs: modified } = await stat(path)
      let file = known.get(path)
      if (file?.size !== size || file.modified !== modified) {
        file = { size, modified, sha256: await hashFile(path) }
        known.set(path, file)
        changed = true
      }
      hashes.push(file.sha256)
    }
    if (changed) await this.#save(known)
    return createHash('sha256').update(hashes.sort().join('\n')).digest('hex')
  }

  async #load(): Promise<Map<string, KnownFile>> {
    try {
      return new Map(Object.entries(cacheSchema.parse(JSON.parse(await readFile(this.#cachePath, 'utf8')))))
    } catch {
      // A cache that is missing or damaged costs one reading of the files.
      return new Map()
    }
  }

  async #save(known: ReadonlyMap<string, KnownFile>): Promise<void> {
    try {
      await writeFileAtomic(this.#cachePath, JSON.stringify(Object.fromEntries(known)))
    } catch {
      // A picture must not be lost because the cache of its model's hash could not be written.
    }
  }
}
