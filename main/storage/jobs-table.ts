import type { AssetId, JobId } from '../../contract/ids'
import { jobSchema, type Job } from '../../contract/jobs'
import { assetIdsIn } from './asset-ids'
import type { Database } from './database'
import { translateDiskError } from './disk-error'

/** How many jobs are remembered after a restart. */
const remembered = 200

/** Jobs as they were when they last changed. */
export class JobsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  save(job: Job): void {
    try {
      this.#database
        .prepare(
          `INSERT INTO jobs (id, created_at, record) VALUES (?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
        )
        .run(job.id, job.createdAt, JSON.stringify(job))
    } catch (error) {
      throw translateDiskError(error, 'The job')
    }
  }

  remove(jobId: JobId): void {
    this.#database.prepare('DELETE FROM jobs WHERE id = ?').run(jobId)
  }

  /** Every asset that a job names, such as the picture that a waiting one starts from. */
  usedAssets(): Set<AssetId> {
    const rows = this.#database.prepare('SELECT record FROM jobs').all()
    const used = new Set<AssetId>()
    for (const row of rows) for (const id of assetIdsIn(String(row['record']))) used.add(id)
    return used
  }

  /** The latest jobs. What was running when the studio last ended has failed, and says so; older rows are forgotten. */
  load(): Job[] {
    const rows = this.#database.prepare('SELECT record FROM jobs ORDER BY created_at DESC LIMIT ?').all(remembered)
    this.#database
      .prepare('DELETE FROM jobs WHERE id NOT IN (SELECT id FROM jobs ORDER BY created_at DESC LIMIT ?)')
      .run(remembered)
    return rows.flatMap((row) => {
      // A row of an older form is left out rather than keeping the studio from starting.
      const parsed = jobSchema.safeParse(JSON.parse(String(row['record'])))
      if (!parsed.success) return []
      const job = parsed.data
      if (job.status !== 'running') return [job]
      const interrupted: Job = {
        ...job,
        status: 'failed',
        finishedAt: Date.now(),
        frames: [],
        failure: {
          code: 'ENGINE_CRASHED',
          message: 'The studio ended while this was running',
          remedy: 'Run it again. Pictures that were finished before are in the gallery.',
        },
      }
      this.save(interrupted)
      return [interrupted]
    })
  }
}
