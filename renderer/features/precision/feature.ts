import type { Studio } from '../../studio/studio'
import { createComparisonStore, type ComparisonStore } from './compare/comparison-store'
import { createFormStore, type FormStore } from './compare/form-store'
import { createRuns, type Runs } from './compare/runs/runs'
import { createNumbersStore, type NumbersStore } from './numbers/numbers-store'
import { createViewStore, type ViewStore } from './view-store'

/** The Precision panel's stores, which live on while another panel is open. */
export interface PrecisionFeature {
  readonly studio: Studio
  readonly view: ViewStore
  readonly numbers: NumbersStore
  readonly form: FormStore
  readonly comparison: ComparisonStore
  readonly runs: Runs
}

const features = new WeakMap<Studio, PrecisionFeature>()

/** The studio's one Precision feature, made when the panel is opened for the first time. */
export function precisionFeatureOf(studio: Studio): PrecisionFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made: PrecisionFeature = {
    studio,
    view: createViewStore(),
    numbers: createNumbersStore(),
    form: createFormStore(),
    comparison: createComparisonStore(),
    runs: createRuns(studio.client, (doing, error) => studio.report(doing, error)),
  }
  features.set(studio, made)
  return made
}
