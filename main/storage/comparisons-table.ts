import { StudioError } from '../../contract/errors'
import type { AssetId, ComparisonId } from '../../contract/ids'
import {
  comparisonSchema,
  comparisonSummarySchema,
  type Comparison,
  type ComparisonSummary,
} from '../../contract/precision-results'
import { assetIdsIn } from './asset-ids'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { containing } from './like-pattern'
import { nextCursor, parseCursor } from './page-cursor'

export interface ComparisonPage {
  readonly comparisons: ComparisonSummary[]
  readonly total: number
  readonly nextCursor: string | null
}

/** Comparisons of precisions, whole. Lists read the summaries alone: histograms of hundreds of layers are megabytes. */
export class ComparisonsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  save(comparison: Comparison, summary: ComparisonSummary): void {
    const { id, createdAt, deletedAt } = comparison
    try {
      this.#database
        .prepare(
          `INSERT INTO comparisons (id, created_at, deleted_at, title, summary, record) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at, summary = excluded.summary, record = excluded.record`,
        )
        .run(id, createdAt, deletedAt, summary.title, JSON.stringify(summary), JSON.stringify(comparison))
    } catch (error) {
      throw translateDiskError(error, 'The comparison')
    }
  }

  /** @throws StudioError COMPARISON_NOT_FOUND */
  get(id: ComparisonId): Comparison {
    const [row] = this.#database.prepare('SELECT record, deleted_at FROM comparisons WHERE id = ?').all(id)
    if (row === undefined) {
      throw new StudioError('COMPARISON_NOT_FOUND', 'This comparison is not on the list', {
        field: 'comparisonId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    const deletedAt = row['deleted_at']
    return {
      ...comparisonSchema.parse(JSON.parse(String(row['record']))),
      deletedAt: typeof deletedAt === 'number' ? deletedAt : null,
    }
  }

  page(filter: { search: string; limit: number; cursor?: string | undefined }): ComparisonPage {
    const words = containing(filter.search)
    const values: SqlValue[] = [words, words]
    const where = `deleted_at IS NULL AND (title LIKE ? ESCAPE '\\' OR summary ->> 'modelName' LIKE ? ESCAPE '\\')`
    const [count] = this.#database.prepare(`SELECT count(*) AS total FROM comparisons WHERE ${where}`).all(...values)
    const after = parseCursor(filter.cursor)
    const rows = this.#database
      .prepare(
        `SELECT id, created_at, summary FROM comparisons WHERE ${where} ${after === null ? '' : 'AND (created_at, id) < (?, ?)'}
         ORDER BY created_at DESC, id DESC LIMIT ?`,
      )
      .all(...values, ...(after ?? []), filter.limit)
    return {
      // One record that cannot be read must not hide all the others.
      comparisons: rows.flatMap((row) => {
        const parsed = comparisonSummarySchema.safeParse(JSON.parse(String(row['summary'])))
        return parsed.success ? [parsed.data] : []
      }),
      total: Number(count?.['total'] ?? 0),
      nextCursor: nextCursor(rows, filter.limit),
    }
  }

  /** Off the list, until `restore` or `purge`. */
  remove(id: ComparisonId): void {
    this.#mark(id, Date.now())
  }

  restore(id: ComparisonId): void {
    this.#mark(id, null)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970). */
  purge(deletedBefore: number): void {
    this.#database.prepare('DELETE FROM comparisons WHERE deleted_at < ?').run(deletedBefore)
  }

  /** Every picture that a comparison shows. */
  usedAssets(): Set<AssetId> {
    const used = new Set<AssetId>()
    for (const row of this.#database.prepare('SELECT record FROM comparisons').all()) {
      for (const id of assetIdsIn(String(row['record']))) used.add(id)
    }
    return used
  }

  #mark(id: ComparisonId, deletedAt: number | null): void {
    this.get(id)
    this.#database.prepare('UPDATE comparisons SET deleted_at = ? WHERE id = ?').run(deletedAt, id)
  }
}
