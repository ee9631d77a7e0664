import type { StudioClient } from '../../../contract/client'
import type { GenerateSettings, Schedule } from '../../../contract/images'

export type ScheduleAsk = Pick<GenerateSettings, 'steps' | 'shift' | 'sigmaConversion'>

export interface Schedules {
  get(ask: ScheduleAsk): Promise<Schedule>
}

const most = 64

/** Noise schedules by what they were asked with: the same chart is drawn again and again while a slider moves. */
export function createSchedules(client: StudioClient): Schedules {
  const known = new Map<string, Promise<Schedule>>()
  return {
    get({ steps, shift, sigmaConversion }) {
      const key = `${steps} ${shift} ${sigmaConversion}`
      const found = known.get(key)
      if (found) return found
      const asked = client.images.schedule({ steps, shift, sigmaConversion })
      known.set(key, asked)
      asked.catch(() => known.delete(key))
      if (known.size > most) known.delete(known.keys().next().value as string)
      return asked
    },
  }
}
