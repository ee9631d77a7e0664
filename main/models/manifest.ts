import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { modelIdSchema } from '../../contract/ids'

/**
 * What every studio.json says, whatever its family; the rest is read by the family's own room. `files` has the hashes
 * that the model was published with (`scripts/hash-model.mjs` writes and checks them).
 */
const manifestSchema = z.looseObject({
  schemaVersion: z.literal(1),
  id: modelIdSchema,
  family: z.string(),
  files: z
    .record(z.string(), z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) }))
    .optional(),
})
export type Manifest = z.output<typeof manifestSchema>

/** A folder's studio.json; null where there is none, or none that can be read: the family's room says what is wrong. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'studio.json'), 'utf8')))
  } catch {
    return null
  }
}
