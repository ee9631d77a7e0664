import { calibrationSchema, type Calibration } from '../../contract/speculation'
import type { Database } from './database'
import { translateDiskError } from './disk-error'

/** The latest calibration of each model and precision. */
export class CalibrationsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  save(calibration: Calibration): void {
    try {
      this.#database
        .prepare('INSERT OR REPLACE INTO calibrations (model_id, precision, record) VALUES (?, ?, ?)')
        .run(calibration.modelId, calibration.precision, JSON.stringify(calibration))
    } catch (error) {
      throw translateDiskError(error, 'The calibration')
    }
  }

  /** Null where it was never measured, or by a studio that wrote it differently: it takes seconds to measure again. */
  find(modelId: string, precision: string): Calibration | null {
    const [row] = this.#database
      .prepare('SELECT record FROM calibrations WHERE model_id = ? AND precision = ?')
      .all(modelId, precision)
    if (row === undefined) return null
    const parsed = calibrationSchema.safeParse(JSON.parse(String(row['record'])))
    return parsed.success ? parsed.data : null
  }
}
