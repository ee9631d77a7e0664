import type { Studio } from '../../studio/studio'
import { createNumbersStore, type NumbersStore } from './numbers/numbers-store'
import { createViewStore, type ViewStore } from './view-store'

/** The Precision panel's stores, which live on while another panel is open. */
export interface PrecisionFeature {
  readonly studio: Studio
  readonly view: ViewStore
  readonly numbers: NumbersStore
}

const features = new WeakMap<Studio, PrecisionFeature>()

/** The studio's one Precision feature, made when the panel is opened for the first time. */
export function precisionFeatureOf(studio: Studio): PrecisionFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made = { studio, view: createViewStore(), numbers: createNumbersStore() }
  features.set(studio, made)
  return made
}
