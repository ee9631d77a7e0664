import type { Studio } from '../../studio/studio'
import { createComparisonStore, type ComparisonStore } from './compare/comparison-store'
import { createFormStore, type FormStore } from './compare/form-store'
import { createNumbersStore, type NumbersStore } from './numbers/numbers-store'
import { createViewStore, type ViewStore } from './view-store'

/** The Precision panel's stores, which live on while another panel is open. */
export interface PrecisionFeature {
  readonly studio: Studio
  readonly view: ViewStore
  readonly numbers: NumbersStore
  readonly form: FormStore
  readonly comparison: ComparisonStore
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
  }
  features.set(studio, made)
  return made
}
