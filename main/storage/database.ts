import Libsql from 'libsql'
import { copyFileSync, mkdirSync } from 'node:fs'
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

function connect(path: string): Libsql.Database {
  mkdirSync(dirname(path), { recursive: true })
  try {
    const connection = new Libsql(path)
    connection.exec('PRAGMA journal_mode = WAL')
    connection.exec('PRAGMA synchronous = NORMAL')
    connection.exec('PRAGMA busy_timeout = 5000')
    versionOf(connection)
    return connection
  } catch (cause) {
    throw new StudioError(
      'INTERNAL',
      'The studio’s records cannot be opened',
      {
        remedy: `Move ${path} aside to start with an empty gallery; the pictures themselves stay.`,
        detail: String(cause),
      },
      { cause },
    )
  }
}

function versionOf(connection: Libsql.Database): number {
  return Number((connection.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
}

function inTransaction(connection: Libsql.Database, work: () => void): void {
  connection.exec('BEGIN IMMEDIATE')
  try {
    work()
    connection.exec('COMMIT')
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

/** Brings the tables to the newest version, one step a transaction, keeping a copy of the old file beside it. */
function migrate(connection: Libsql.Database, path: string, steps: readonly string[]): void {
  const version = versionOf(connection)
  if (version > steps.length) {
    throw new StudioError('INTERNAL', 'These records were written by a newer Atelier', {
      remedy: 'Update Atelier, or choose another data folder with ATELIER_DATA.',
      detail: `${path} has version ${version}; this studio knows ${steps.length}`,
    })
  }
  if (version > 0 && version < steps.length) {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(path, `${path}.v${version}.backup`)
  }
  for (const [index, step] of steps.entries()) {
    inTransaction(connection, () => {
      // Asked again inside the transaction: a second process may have begun at the same moment.
      if (versionOf(connection) > index) return
      connection.exec(step)
      connection.exec(`PRAGMA user_version = ${index + 1}`)
    })
  }
}

/**
 * Opens the database and brings it to the newest version.
 * @throws StudioError INTERNAL where the file was written by a newer studio or is damaged
 */
export function openDatabase(path: string, steps: readonly string[] = migrations): Database {
  const connection = connect(path)
  try {
    migrate(connection, path, steps)
  } catch (error) {
    connection.close()
    throw error
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
    transaction: (work) => inTransaction(connection, work),
    close: () => void connection.close(),
  }
}
