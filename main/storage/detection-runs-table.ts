import { detectionRunSchema, type DetectionRun } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import type { AssetId, DetectionRunId } from '../../contract/ids'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { nextCursor, parseCursor } from './page-cursor'

export interface DetectionRunPage {
  readonly runs: DetectionRun[]
  readonly total: number
  readonly nextCursor: string | null
}

/** A run as it is filed; how far it has come is counted from its pictures. */
export type RunRecord = Omit<DetectionRun, 'done' | 'failed' | 'count'>

export interface Upload {
  readonly name: string
  readonly assetId: AssetId
}

const counted = `
  (SELECT count(*) FROM detections WHERE run_id = r.id AND failed = 0) AS done,
  (SELECT count(*) FROM detections WHERE run_id = r.id AND failed = 1) AS failed,
  (SELECT coalesce(sum(count), 0) FROM detections WHERE run_id = r.id AND deleted_at IS NULL) AS count`

/** Folder runs, and what was uploaded for those that have no folder. */
export class DetectionRunsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Files a new run. @param uploads its pictures, where they lie in no folder; of equal names the last counts */
  insert(run: RunRecord, uploads: readonly Upload[]): void {
    try {
      this.#database.transaction(() => {
        this.#database
          .prepare('INSERT INTO detection_runs (id, created_at, deleted_at, record) VALUES (?, ?, ?, ?)')
          .run(run.id, run.createdAt, run.deletedAt, JSON.stringify(run))
        const insert = this.#database.prepare(
          'INSERT OR REPLACE INTO detection_uploads (run_id, name, asset_id) VALUES (?, ?, ?)',
        )
        for (const { name, assetId } of uploads) insert.run(run.id, name, assetId)
      })
    } catch (error) {
      throw translateDiskError(error, 'The run')
    }
  }

  /** Files what became known: the job that fills it, or how many pictures there are. */
  update(id: DetectionRunId, change: Partial<Pick<RunRecord, 'jobId' | 'total'>>): void {
    const record: RunRecord = { ...this.get(id), ...change }
    this.#database.prepare('UPDATE detection_runs SET record = ? WHERE id = ?').run(JSON.stringify(record), id)
  }

  /** @throws StudioError DETECTION_NOT_FOUND */
  get(id: DetectionRunId): DetectionRun {
    const [row] = this.#database.prepare(`SELECT r.*, ${counted} FROM detection_runs r WHERE id = ?`).all(id)
    if (row === undefined) {
      throw new StudioError('DETECTION_NOT_FOUND', 'This run is not on the list', {
        field: 'runId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    return detectionRunSchema.parse(runOf(row))
  }

  uploads(id: DetectionRunId): readonly Upload[] {
    const rows = this.#database.prepare('SELECT name, asset_id FROM detection_uploads WHERE run_id = ?').all(id)
    return rows.map((row) => ({ name: String(row['name']), assetId: row['asset_id'] as AssetId }))
  }

  page({ limit, cursor }: { limit: number; cursor?: string | undefined }): DetectionRunPage {
    const [count] = this.#database
      .prepare('SELECT count(*) AS total FROM detection_runs WHERE deleted_at IS NULL')
      .all()
    const after = parseCursor(cursor)
    const rows = this.#database
      .prepare(
        `SELECT r.*, ${counted} FROM detection_runs r
         WHERE deleted_at IS NULL ${after === null ? '' : 'AND (created_at, id) < (?, ?)'}
         ORDER BY created_at DESC, id DESC LIMIT ?`,
      )
      .all(...(after ?? []), limit)
    return {
      runs: rows.flatMap((row) => {
        const parsed = detectionRunSchema.safeParse(runOf(row))
        return parsed.success ? [parsed.data] : []
      }),
      total: Number(count?.['total'] ?? 0),
      nextCursor: nextCursor(rows, limit),
    }
  }

  /** Off the list with its pictures, until `restore` or `purge`. */
  remove(id: DetectionRunId): void {
    this.#mark(id, Date.now())
  }

  restore(id: DetectionRunId): void {
    this.#mark(id, null)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970), pictures included. */
  purge(deletedBefore: number): void {
    this.#database.transaction(() => {
      const old = 'SELECT id FROM detection_runs WHERE deleted_at < ?'
      this.#database.prepare(`DELETE FROM detections WHERE run_id IN (${old})`).run(deletedBefore)
      this.#database.prepare(`DELETE FROM detection_uploads WHERE run_id IN (${old})`).run(deletedBefore)
      this.#database.prepare('DELETE FROM detection_runs WHERE deleted_at < ?').run(deletedBefore)
    })
  }

  usedAssets(): Set<AssetId> {
    const rows = this.#database.prepare('SELECT asset_id FROM detection_uploads').all()
    return new Set(rows.map((row) => row['asset_id'] as AssetId))
  }

  #mark(id: DetectionRunId, deletedAt: number | null): void {
    this.get(id)
    this.#database.prepare('UPDATE detection_runs SET deleted_at = ? WHERE id = ?').run(deletedAt, id)
  }
}

function runOf(row: Readonly<Record<string, SqlValue>>): unknown {
  const { done, failed, count, deleted_at: deletedAt } = row
  return { ...(JSON.parse(String(row['record'])) as object), done, failed, count, deletedAt }
}
