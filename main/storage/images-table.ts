import { StudioError } from '../../contract/errors'
import type { AssetId, ImageId, JobId } from '../../contract/ids'
import { imageSchema, type ImageRecord } from '../../contract/images'
import { assetIdsIn } from './asset-ids'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { fullTextQuery } from './full-text-query'
import { nextCursor, parseCursor } from './page-cursor'

export interface ImagePage {
  readonly images: ImageRecord[]
  readonly total: number
  readonly nextCursor: string | null
}

export interface ImageFilter {
  readonly search: string
  readonly starred: boolean
  readonly jobId?: JobId | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** The gallery's records, the newest first. Columns repeat what is filtered by; the record itself is JSON. */
export class ImagesTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  insert(record: ImageRecord): void {
    const { settings } = record
    try {
      this.#database.transaction(() => {
        this.#database
          .prepare('INSERT INTO images (id, job_id, created_at, starred, deleted_at, record) VALUES (?, ?, ?, ?, ?, ?)')
          .run(
            record.id,
            record.jobId,
            record.createdAt,
            record.starred ? 1 : 0,
            record.deletedAt,
            JSON.stringify(record),
          )
        this.#database
          .prepare('INSERT INTO images_text (id, prompt, negative, model, seed) VALUES (?, ?, ?, ?, ?)')
          .run(record.id, settings.prompt, settings.negativePrompt, record.modelName, String(settings.seed))
      })
    } catch (error) {
      throw translateDiskError(error, 'The picture’s record')
    }
  }

  /** @throws StudioError IMAGE_NOT_FOUND */
  get(id: ImageId): ImageRecord {
    const [row] = this.#database.prepare('SELECT record, starred, deleted_at FROM images WHERE id = ?').all(id)
    if (row === undefined) {
      throw new StudioError('IMAGE_NOT_FOUND', 'This picture is not in the gallery', {
        field: 'imageId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    return this.#read(row)
  }

  page({ search, starred, jobId, limit, cursor }: ImageFilter): ImagePage {
    const conditions = ['deleted_at IS NULL']
    const values: SqlValue[] = []
    if (starred) conditions.push('starred = 1')
    if (jobId !== undefined) {
      conditions.push('job_id = ?')
      values.push(jobId)
    }
    const query = fullTextQuery(search)
    if (query !== '') {
      conditions.push('id IN (SELECT id FROM images_text WHERE images_text MATCH ?)')
      values.push(query)
    }
    const where = conditions.join(' AND ')
    const [count] = this.#database.prepare(`SELECT count(*) AS total FROM images WHERE ${where}`).all(...values)
    const after = parseCursor(cursor)
    const rows = this.#database
      .prepare(
        `SELECT id, created_at, record, starred, deleted_at FROM images WHERE ${where}
         ${after === null ? '' : 'AND (created_at, id) < (?, ?)'}
         ORDER BY created_at DESC, id DESC LIMIT ?`,
      )
      .all(...values, ...(after ?? []), limit)
    return {
      // One record that cannot be read must not hide all the others.
      images: rows.flatMap((row) => this.#tryRead(row) ?? []),
      total: Number(count?.['total'] ?? 0),
      nextCursor: nextCursor(rows, limit),
    }
  }

  setStarred(id: ImageId, starred: boolean): void {
    this.get(id)
    this.#database.prepare('UPDATE images SET starred = ? WHERE id = ?').run(starred ? 1 : 0, id)
  }

  /** Out of the gallery, until `restore` or `purge`. */
  remove(id: ImageId): void {
    this.get(id)
    this.#database.prepare('UPDATE images SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL').run(Date.now(), id)
  }

  restore(id: ImageId): void {
    this.get(id)
    this.#database.prepare('UPDATE images SET deleted_at = NULL WHERE id = ?').run(id)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970). */
  purge(deletedBefore: number): void {
    this.#database.transaction(() => {
      this.#database
        .prepare('DELETE FROM images_text WHERE id IN (SELECT id FROM images WHERE deleted_at < ?)')
        .run(deletedBefore)
      this.#database.prepare('DELETE FROM images WHERE deleted_at < ?').run(deletedBefore)
    })
  }

  /** Every asset that a record names, removed ones included: they can still be restored. */
  usedAssets(): Set<AssetId> {
    const rows = this.#database.prepare('SELECT record FROM images').all()
    const used = new Set<AssetId>()
    for (const row of rows) for (const id of assetIdsIn(String(row['record']))) used.add(id)
    return used
  }

  #tryRead(row: Record<string, SqlValue>): ImageRecord | null {
    try {
      return this.#read(row)
    } catch {
      return null
    }
  }

  #read(row: Record<string, SqlValue>): ImageRecord {
    const record = imageSchema.parse(JSON.parse(String(row['record'])))
    const deletedAt = row['deleted_at']
    return { ...record, starred: row['starred'] === 1, deletedAt: typeof deletedAt === 'number' ? deletedAt : null }
  }
}
