import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StudioError } from '../../contract/errors'
import { assetIdSchema, type AssetId } from '../../contract/ids'
import { translateDiskError } from './disk-error'
import { sniffMediaType } from './media-type'

/** Pictures by the SHA-256 of their bytes: the same bytes are kept once, and a file never changes. */
export class AssetStore {
  readonly #folder: string
  #writes = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Where an asset lies; the id was checked, so the path stays inside the folder. */
  path(id: AssetId): string {
    const checked = assetIdSchema.parse(id)
    return join(this.#folder, checked.slice(0, 2), checked)
  }

  /**
   * Keeps a picture. It is written beside its place and then moved, so that no reader ever sees half of it.
   * @throws StudioError INVALID_INPUT for bytes that are no PNG, JPEG or WebP, DISK_FULL
   */
  async put(bytes: Uint8Array): Promise<AssetId> {
    if (sniffMediaType(bytes) === null) {
      throw new StudioError('INVALID_INPUT', 'Only PNG, JPEG and WebP pictures can be kept', {
        field: 'file',
        remedy: 'Convert the picture to one of these.',
      })
    }
    const id = assetIdSchema.parse(createHash('sha256').update(bytes).digest('hex'))
    const path = this.path(id)
    try {
      if ((await stat(path)).size === bytes.length) {
        // Young again, so that it is not tidied away before a record names it.
        await utimes(path, new Date(), new Date())
        return id
      }
    } catch {
      // It is new.
    }
    this.#writes += 1
    const unfinished = `${path}.${process.pid}-${this.#writes}.part`
    try {
      await mkdir(join(this.#folder, id.slice(0, 2)), { recursive: true })
      await writeFile(unfinished, bytes)
      await rename(unfinished, path)
    } catch (error) {
      await unlink(unfinished).catch(() => undefined)
      throw translateDiskError(error, 'The picture')
    }
    return id
  }

  /** @throws StudioError ASSET_NOT_FOUND */
  async read(id: AssetId): Promise<Uint8Array> {
    try {
      return await readFile(this.path(id))
    } catch (cause) {
      throw new StudioError(
        'ASSET_NOT_FOUND',
        'A picture is not in the studio any more',
        { remedy: 'Add the picture again.', detail: id },
        { cause },
      )
    }
  }

  /**
   * Deletes what nothing refers to. Files younger than `graceMilliseconds` stay: they may belong to work in hand.
   * @returns how many files and bytes were freed
   */
  async collectGarbage(
    used: ReadonlySet<string>,
    graceMilliseconds: number,
  ): Promise<{ files: number; bytes: number }> {
    const freed = { files: 0, bytes: 0 }
    const newest = Date.now() - graceMilliseconds
    const folders = await readdir(this.#folder, { withFileTypes: true }).catch(() => [])
    for (const folder of folders.filter((entry) => entry.isDirectory())) {
      for (const name of await readdir(join(this.#folder, folder.name))) {
        if (used.has(name)) continue
        const path = join(this.#folder, folder.name, name)
        const { size, mtimeMs } = await stat(path)
        if (mtimeMs > newest) continue
        await unlink(path)
        freed.files += 1
        freed.bytes += size
      }
    }
    return freed
  }
}
