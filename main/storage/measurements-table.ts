import type * as z from 'zod'
import { measuredBlocksSchema, profileSchema, rooflineSchema } from '../../contract/inspection-measures'
import type { Database } from './database'
import { translateDiskError } from './disk-error'

const schemas = { profile: profileSchema, roofline: rooflineSchema, blocks: measuredBlocksSchema }
type Kind = keyof typeof schemas
type RecordOf<Which extends Kind> = z.infer<(typeof schemas)[Which]>

/** The latest of each thing that the Inspector measured on this machine. */
export class MeasurementsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** @param subject what was measured, such as a file in one state; another measurement of it takes this one's place */
  save<Which extends Kind>(kind: Which, subject: string, record: RecordOf<Which>): void {
    try {
      this.#database
        .prepare('INSERT OR REPLACE INTO measurements (kind, subject, record) VALUES (?, ?, ?)')
        .run(kind, subject, JSON.stringify(record))
    } catch (error) {
      throw translateDiskError(error, 'The measurement')
    }
  }

  /** Null where it was never measured, or by a studio that wrote it differently: it takes seconds to measure again. */
  find<Which extends Kind>(kind: Which, subject: string): RecordOf<Which> | null {
    const [row] = this.#database
      .prepare('SELECT record FROM measurements WHERE kind = ? AND subject = ?')
      .all(kind, subject)
    if (row === undefined) return null
    const parsed = schemas[kind].safeParse(JSON.parse(String(row['record'])))
    return parsed.success ? (parsed.data as RecordOf<Which>) : null
  }
}
