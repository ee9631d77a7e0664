import * as z from 'zod'
import { detectionIdSchema, detectionRunIdSchema } from '../../../contract/ids'

const key = 'atelier.detect.last'

const shownSchema = z.object({ detectionId: detectionIdSchema.nullable(), runId: detectionRunIdSchema.nullable() })
export type LastShown = z.infer<typeof shownSchema>

/** Notes what is on the stage, so that a reload comes back to it. */
export function rememberShown(shown: LastShown | null): void {
  if (shown === null) sessionStorage.removeItem(key)
  else sessionStorage.setItem(key, JSON.stringify(shown))
}

/** What was on the stage before the page was loaded again; null where nothing was. */
export function lastShown(): LastShown | null {
  try {
    return shownSchema.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null')).data ?? null
  } catch {
    return null
  }
}
