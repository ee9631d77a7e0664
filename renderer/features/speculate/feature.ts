import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '../../../contract/errors'
import type { Calibration, DraftCandidate, RaceExample } from '../../../contract/speculation'
import type { Studio } from '../../studio/studio'
import { createFormStore, type FormStore } from './form-store'
import { createPlayback, type Playback } from './playback'
import { createRaceStore, type RaceStore } from './race-store'
import { createRuns, type Runs } from './runs/runs'
import { createViewStore, type ViewStore } from './view-store'

/** What is known beside the race: what failed, what was measured, what can be tried. */
export interface BenchState {
  /** Why the last race did not come about, or broke off. */
  readonly failure: Failure | null
  /** The form was sent off with something missing. */
  readonly isAttempted: boolean
  readonly calibration: Calibration | null
  readonly isCalibrating: boolean
  readonly examples: readonly RaceExample[]
  /** Other models of the library, and whether they can draft for the chosen one. */
  readonly drafts: readonly DraftCandidate[]
  /** A saved race is on its way. */
  readonly isOpening: boolean
}

/** The Speculate panel's stores, which live on while another panel is open. */
export interface SpeculateFeature {
  readonly studio: Studio
  readonly form: FormStore
  readonly race: RaceStore
  readonly view: ViewStore
  readonly bench: StoreApi<BenchState>
  readonly playback: Playback
  readonly runs: Runs
}

function createSpeculateFeature(studio: Studio): SpeculateFeature {
  const race = createRaceStore()
  const view = createViewStore()
  return {
    studio,
    form: createFormStore(),
    race,
    view,
    bench: createStore<BenchState>(() => ({
      failure: null,
      isAttempted: false,
      calibration: null,
      isCalibrating: false,
      examples: [],
      drafts: [],
      isOpening: false,
    })),
    playback: createPlayback(view, race),
    runs: createRuns(studio.client, (doing, error) => studio.report(doing, error)),
  }
}

const features = new WeakMap<Studio, SpeculateFeature>()

/** The studio's one Speculate feature, made when the panel is opened for the first time. */
export function speculateFeatureOf(studio: Studio): SpeculateFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made = createSpeculateFeature(studio)
  features.set(studio, made)
  return made
}
