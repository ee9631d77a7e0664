import * as z from 'zod'
import { raceSchema } from '../../../../contract/speculation'

const recordedSchema = z.object({ machine: z.string(), race: raceSchema })
export type RecordedRace = z.infer<typeof recordedSchema>

/** A race that was run and kept (scripts/record-race.mjs). Apart from the page's own code: it is read when nothing has been raced yet. */
export async function readRecordedRace(): Promise<RecordedRace> {
  const { default: text } = await import('../../../assets/recorded-race.json?raw')
  return recordedSchema.parse(JSON.parse(text))
}
