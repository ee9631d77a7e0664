import {
  detectionSchema,
  detectionSummarySchema,
  type Candidates,
  type Detection,
  type DetectionSummary,
} from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import { assetIdSchema, type AssetId, type DetectionId, type DetectionRunId } from '../../contract/ids'
import { packCandidates, unpackCandidates } from './candidate-columns'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { containing } from './like-pattern'
import { nextCursor, parseCursor } from './page-cursor'

export interface DetectionPage {
  readonly detections: DetectionSummary[]
  readonly total: number
  readonly nextCursor: string | null
}

export interface DetectionFilter {
  readonly runId: DetectionRunId | null
  readonly search: string
  readonly limit: number
  readonly cursor?: string | undefined
  readonly offset?: number | undefined
}

const noCandidates: Candidates = { boxes: [], scores: [], classIds: [] }

/** What orders names as people count: "img 2" before "img 10", letter case aside. */
export function sortKey(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(15, '0'))
}

/**
 * Pictures that a detector looked at. Columns repeat what is listed, so that a list reads no records; raw boxes lie packed beside
 * the record.
 */
export class DetectionsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Files a picture. In a run it takes the place of an earlier failure of the same name.
   * @param count boxes that pass the model's default filter; null where it failed
   */
  insert(detection: Detection, count: number | null): void {
    const { id, runId, createdAt, name, assetId, thumbnailId, outcome, deletedAt } = detection
    const isDone = outcome.kind === 'done'
    const record: Detection = isDone
      ? { ...detection, outcome: { ...outcome, result: { ...outcome.result, candidates: noCandidates } } }
      : detection
    const candidates = isDone ? packCandidates(outcome.result.candidates) : null
    try {
      this.#database.transaction(() => {
        if (runId !== null) {
          this.#database.prepare('DELETE FROM detections WHERE run_id = ? AND name = ? AND failed = 1').run(runId, name)
        }
        this.#database
          .prepare(
            `INSERT INTO detections
             (id, run_id, created_at, deleted_at, name, sort_key, failed, count, asset_id, thumbnail_id, record, candidates)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            ...[id, runId, createdAt, deletedAt, name, sortKey(name), isDone ? 0 : 1, count],
            ...[assetId, thumbnailId, JSON.stringify(record), candidates],
          )
      })
    } catch (error) {
      throw translateDiskError(error, 'The detection')
    }
  }

  /** @throws StudioError DETECTION_NOT_FOUND */
  get(id: DetectionId): Detection {
    const [row] = this.#database.prepare('SELECT * FROM detections WHERE id = ?').all(id)
    if (row === undefined) {
      throw new StudioError('DETECTION_NOT_FOUND', 'This picture is not on the list', {
        field: 'detectionId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    return detectionOf(row)
  }

  /** The pictures of a run that did not fail, deleted ones left out, in the order of their names. */
  *doneIn(runId: DetectionRunId): Generator<Detection, void, void> {
    // Pages: a run has more boxes than should lie in memory at once.
    let after = ''
    for (;;) {
      const rows = this.#database
        .prepare(
          `SELECT * FROM detections WHERE run_id = ? AND deleted_at IS NULL AND failed = 0 AND id > ?
           ORDER BY id LIMIT 200`,
        )
        .all(runId, after)
      for (const row of rows) yield detectionOf(row)
      const last = rows.at(-1)
      if (last === undefined) return
      after = String(last['id'])
    }
  }

  /** Names of the pictures of a run that need not be looked at again; those that failed need it. */
  doneNames(runId: DetectionRunId): Set<string> {
    const rows = this.#database.prepare('SELECT name FROM detections WHERE run_id = ? AND failed = 0').all(runId)
    return new Set(rows.map((row) => String(row['name'])))
  }

  page({ runId, search, limit, cursor, offset = 0 }: DetectionFilter): DetectionPage {
    const owner: SqlValue[] = runId === null ? [] : [runId]
    const where = `run_id ${runId === null ? 'IS NULL' : '= ?'} AND deleted_at IS NULL AND name LIKE ? ESCAPE '\\'`
    const values = [...owner, containing(search)]
    const [count] = this.#database.prepare(`SELECT count(*) AS total FROM detections WHERE ${where}`).all(...values)
    const { after, order, next } = runId === null ? byTime(limit, cursor) : byName(limit, cursor)
    const rows = this.#database
      .prepare(
        `SELECT id, run_id, created_at, name, sort_key, failed, count, asset_id, thumbnail_id,
           json_extract(record, '$.modelId') AS model_id, json_extract(record, '$.outcome.failure') AS failure
         FROM detections WHERE ${where} ${after.where} ORDER BY ${order} LIMIT ? OFFSET ?`,
      )
      .all(...values, ...after.values, limit, offset)
    return {
      // One record that cannot be read must not hide all the others.
      detections: rows.flatMap((row) => {
        const parsed = detectionSummarySchema.safeParse(summaryOf(row))
        return parsed.success ? [parsed.data] : []
      }),
      total: Number(count?.['total'] ?? 0),
      nextCursor: next(rows),
    }
  }

  /** Says where the picture itself is, once it was opened. */
  setAsset(id: DetectionId, assetId: AssetId): void {
    this.#database.prepare('UPDATE detections SET asset_id = ? WHERE id = ?').run(assetId, id)
  }

  /** Off the list, until `restore` or `purge`. */
  remove(id: DetectionId): void {
    this.#mark(id, Date.now())
  }

  restore(id: DetectionId): void {
    this.#mark(id, null)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970). */
  purge(deletedBefore: number): void {
    this.#database.prepare('DELETE FROM detections WHERE deleted_at < ?').run(deletedBefore)
  }

  usedAssets(): Set<AssetId> {
    const rows = this.#database.prepare('SELECT asset_id, thumbnail_id FROM detections').all()
    const used = new Set<AssetId>()
    for (const row of rows) {
      for (const id of [row['asset_id'], row['thumbnail_id']]) if (typeof id === 'string') used.add(id as AssetId)
    }
    return used
  }

  #mark(id: DetectionId, deletedAt: number | null): void {
    this.get(id)
    this.#database.prepare('UPDATE detections SET deleted_at = ? WHERE id = ?').run(deletedAt, id)
  }
}

function detectionOf(row: Readonly<Record<string, SqlValue>>): Detection {
  const { outcome, ...record } = detectionSchema.parse(JSON.parse(String(row['record'])))
  const { deleted_at: deletedAt, asset_id: assetId, candidates } = row
  return {
    ...record,
    assetId: typeof assetId === 'string' ? assetIdSchema.parse(assetId) : null,
    deletedAt: typeof deletedAt === 'number' ? deletedAt : null,
    outcome:
      outcome.kind === 'done' && typeof candidates === 'string'
        ? { ...outcome, result: { ...outcome.result, candidates: unpackCandidates(candidates) } }
        : outcome,
  }
}

function summaryOf(row: Readonly<Record<string, SqlValue>>): unknown {
  return {
    id: row['id'],
    runId: row['run_id'],
    createdAt: row['created_at'],
    name: row['name'],
    assetId: row['asset_id'],
    thumbnailId: row['thumbnail_id'],
    modelId: row['model_id'],
    failure: typeof row['failure'] === 'string' ? (JSON.parse(row['failure']) as unknown) : null,
    count: row['count'],
  }
}

interface Order {
  readonly order: string
  readonly after: { readonly where: string; readonly values: readonly SqlValue[] }
  readonly next: (rows: readonly Record<string, SqlValue>[]) => string | null
}

/** The newest first. */
function byTime(limit: number, cursor: string | undefined): Order {
  const after = parseCursor(cursor)
  return {
    order: 'created_at DESC, id DESC',
    after: { where: after === null ? '' : 'AND (created_at, id) < (?, ?)', values: after ?? [] },
    next: (rows) => nextCursor(rows, limit),
  }
}

/** In the order of names, those that failed last. A cursor is the last row's place: failed, sort key, id. */
function byName(limit: number, cursor: string | undefined): Order {
  const match = /^([01])_([^_]+)_(.+)$/.exec(cursor ?? '')
  const values =
    match === null ? [] : [Number(match[1]), Buffer.from(match[3] ?? '', 'base64url').toString(), match[2] ?? '']
  return {
    order: 'failed, sort_key, id',
    after: { where: match === null ? '' : 'AND (failed, sort_key, id) > (?, ?, ?)', values },
    next: (rows) => {
      const last = rows.length === limit ? rows.at(-1) : undefined
      if (last === undefined) return null
      return `${String(last['failed'])}_${String(last['id'])}_${Buffer.from(String(last['sort_key'])).toString('base64url')}`
    },
  }
}
