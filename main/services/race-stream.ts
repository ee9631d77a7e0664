import type { RaceEvent } from '../../contract/speculation'
import { JobStreams } from './job-streams'

/** Races that are running, with everything that was said of them so far. */
export class RaceStreams extends JobStreams<RaceEvent> {}
