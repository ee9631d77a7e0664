import type { SqlValue } from './database'

// Pages are cut by (created_at, id): new records at the front move nothing on the pages behind.

/** The last row's place, as a client gives it back; null where it makes no sense, which is read as the first page. */
export function parseCursor(cursor: string | undefined): [number, string] | null {
  const match = /^(\d+)_(.+)$/.exec(cursor ?? '')
  return match === null ? null : [Number(match[1]), match[2] ?? '']
}

/** Where the next page begins; null after the last. Rows have `created_at` and `id`. */
export function nextCursor(rows: readonly Record<string, SqlValue>[], limit: number): string | null {
  const last = rows.length === limit ? rows.at(-1) : undefined
  return last === undefined ? null : `${last['created_at']}_${last['id']}`
}
