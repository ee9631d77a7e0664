import Libsql from 'libsql'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { StudioError } from '../../contract/errors'
import { migrations } from './migrations'

// The one file that knows the SQLite driver: another one can take its place here.

export type SqlValue = string | number | null

export interface Statement {
  run(...values: SqlValue[]): void
  all(...values: SqlValue[]): Record<string, SqlValue>[]
}

export interface Database {
  /** Statements are prepared once and kept. */
  prepare(sql: string): Statement
  transaction(work: () => void): void
  close(): void
}

/**
 * Opens the database and brings it to the newest version, keeping a copy of the old file beside it.
 * @throws StudioError INTERNAL where the file was written by a newer studio or is damaged
 */
export function openDatabase(path: string, steps: readonly string[] = migrations): Database {
  const existed = existsSync(path)
  mkdirSync(dirname(path), { recursive: true })
  let connection: Libsql.Database
  let version: number
  try {
    connection = new Libsql(path)
    connection.exec('PRAGMA journal_mode = WAL')
    connection.exec('PRAGMA synchronous = NORMAL')
    connection.exec('PRAGMA busy_timeout = 5000')
    version = Number((connection.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
  } catch (cause) {
    throw new StudioError(
      'INTERNAL',
      'The studio’s records cannot be opened',
      { remedy: `Move ${path} aside to start with an empty gallery; the pictures themselves stay.`, detail: String(cause) },
      { cause },
    )
  }
  if (version > steps.length) {
    connection.close()
    throw new StudioError('INTERNAL', 'These records were written by a newer Atelier', {
      remedy: 'Update Atelier, or choose another data folder with ATELIER_DATA.',
      detail: `${path} has version ${version}; this studio knows ${steps.length}`,
    })
  }
  if (version < steps.length) {
    if (existed && version > 0) {
      connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      copyFileSync(path, `${path}.v${version}.backup`)
    }
    for (const [index, step] of steps.entries()) {
      if (index < version) continue
      connection.exec('BEGIN IMMEDIATE')
      try {
        connection.exec(step)
        connection.exec(`PRAGMA user_version = ${index + 1}`)
        connection.exec('COMMIT')
      } catch (error) {
        connection.exec('ROLLBACK')
        throw error
      }
    }
  }

  const prepared = new Map<string, Statement>()
  return {
    prepare: (sql) => {
      const known = prepared.get(sql)
      if (known !== undefined) return known
      const native = connection.prepare(sql)
      const statement: Statement = {
        run: (...values) => void native.run(...values),
        all: (...values) => native.all(...values) as Record<string, SqlValue>[],
      }
      prepared.set(sql, statement)
      return statement
    },
    transaction: (work) => {
      connection.exec('BEGIN IMMEDIATE')
      try {
        work()
        connection.exec('COMMIT')
      } catch (error) {
        connection.exec('ROLLBACK')
        throw error
      }
    },
    close: () => void connection.close(),
  }
}
