import type { Studio } from '../../studio/studio'
import { createDetailStore, type DetailStore } from './detail-store'
import { createDifferenceStore, type DifferenceStore } from './difference-store'
import { createFactoriseStore, type FactoriseStore } from './factorise/factorise-store'
import { createFileStore, type FileStore } from './file-store'
import { createMeasureStore, type MeasureStore } from './measure-store'
import { createSizesStore, type SizesStore } from './sizes-store'
import { createTableStore, type TableStore } from './table/table-store'
import { createViewStore, type ViewStore } from './view-store'

/** The Inspector's stores, which live on while another panel is open. */
export interface InspectorFeature {
  readonly studio: Studio
  readonly file: FileStore
  readonly sizes: SizesStore
  readonly measure: MeasureStore
  readonly view: ViewStore
  readonly table: TableStore
  readonly detail: DetailStore
  readonly difference: DifferenceStore
  readonly factorise: FactoriseStore
}

const features = new WeakMap<Studio, InspectorFeature>()

/** The studio's one Inspector feature, made when it is asked for the first time. */
export function inspectorFeatureOf(studio: Studio): InspectorFeature {
  const known = features.get(studio)
  if (known !== undefined) return known
  const made: InspectorFeature = {
    studio,
    file: createFileStore(),
    sizes: createSizesStore(),
    measure: createMeasureStore(),
    view: createViewStore(),
    table: createTableStore(),
    detail: createDetailStore(),
    difference: createDifferenceStore(),
    factorise: createFactoriseStore(),
  }
  features.set(studio, made)
  return made
}
