import { StudioError } from '../../contract/errors'
import type { RaceId } from '../../contract/ids'
import { raceSchema, raceSummarySchema, type Race, type RaceSummary } from '../../contract/speculation'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { containing } from './like-pattern'
import { nextCursor, parseCursor } from './page-cursor'

export interface RacePage {
  readonly races: RaceSummary[]
  readonly total: number
  readonly nextCursor: string | null
}

/** Races with every round. Lists read the summaries alone: a trace can be megabytes. */
export class RacesTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Files a race, or files it anew under the same id. */
  save(race: Race, summary: RaceSummary): void {
    try {
      this.#database
        .prepare(
          `INSERT INTO races (id, created_at, deleted_at, prompt, summary, record) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at, summary = excluded.summary, record = excluded.record`,
        )
        .run(
          race.id,
          race.createdAt,
          race.deletedAt,
          race.settings.prompt,
          JSON.stringify(summary),
          JSON.stringify(race),
        )
    } catch (error) {
      throw translateDiskError(error, 'The race')
    }
  }

  /** @throws StudioError RACE_NOT_FOUND */
  get(id: RaceId): Race {
    const [row] = this.#database.prepare('SELECT record, deleted_at FROM races WHERE id = ?').all(id)
    if (row === undefined) {
      throw new StudioError('RACE_NOT_FOUND', 'This race is not on the list', {
        field: 'raceId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    const deletedAt = row['deleted_at']
    return {
      ...raceSchema.parse(JSON.parse(String(row['record']))),
      deletedAt: typeof deletedAt === 'number' ? deletedAt : null,
    }
  }

  page(filter: { search: string; limit: number; cursor?: string | undefined }): RacePage {
    const values: SqlValue[] = [containing(filter.search)]
    const where = `deleted_at IS NULL AND prompt LIKE ? ESCAPE '\\'`
    const [count] = this.#database.prepare(`SELECT count(*) AS total FROM races WHERE ${where}`).all(...values)
    const after = parseCursor(filter.cursor)
    const rows = this.#database
      .prepare(
        `SELECT id, created_at, summary FROM races WHERE ${where} ${after === null ? '' : 'AND (created_at, id) < (?, ?)'}
         ORDER BY created_at DESC, id DESC LIMIT ?`,
      )
      .all(...values, ...(after ?? []), filter.limit)
    return {
      // One record that cannot be read must not hide all the others.
      races: rows.flatMap((row) => {
        const parsed = raceSummarySchema.safeParse(JSON.parse(String(row['summary'])))
        return parsed.success ? [parsed.data] : []
      }),
      total: Number(count?.['total'] ?? 0),
      nextCursor: nextCursor(rows, filter.limit),
    }
  }

  /** Off the list, until `restore` or `purge`. */
  remove(id: RaceId): void {
    this.#mark(id, Date.now())
  }

  restore(id: RaceId): void {
    this.#mark(id, null)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970). */
  purge(deletedBefore: number): void {
    this.#database.prepare('DELETE FROM races WHERE deleted_at < ?').run(deletedBefore)
  }

  #mark(id: RaceId, deletedAt: number | null): void {
    this.get(id)
    this.#database.prepare('UPDATE races SET deleted_at = ? WHERE id = ?').run(deletedAt, id)
  }
}
