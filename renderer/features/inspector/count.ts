import type { DimensionSizes } from '../../../contract/inspection-counts'
import type { InspectorFeature } from './feature'
import { openFileOf } from './file-store'
import { withInspection } from './with-inspection'

/** The newest question; answers to older ones are dropped. */
const turns = new WeakMap<InspectorFeature, number>()

/** Counts the open file at the sizes in the fields. */
export async function countNow(feature: InspectorFeature): Promise<void> {
  const file = openFileOf(feature.file.getState())
  if (file === null) return
  const turn = (turns.get(feature) ?? 0) + 1
  turns.set(feature, turn)
  const { sizes } = feature.sizes.getState()
  try {
    const counts = await withInspection(feature, file, (inspectionId) =>
      feature.studio.client.inspection.count({ inspectionId, sizes: { ...sizes } }),
    )
    if (turns.get(feature) === turn) feature.sizes.setState({ counts, failure: null })
  } catch (error) {
    if (turns.get(feature) === turn) feature.sizes.setState({ failure: feature.studio.report('Counting', error) })
  }
}

/** Sets one size, or leaves it open where it is null, and counts anew. */
export function setSize(feature: InspectorFeature, name: string, size: number | null): void {
  const others = Object.fromEntries(Object.entries(feature.sizes.getState().sizes).filter(([one]) => one !== name))
  setSizes(feature, size === null ? others : { ...others, [name]: size })
}

export function setSizes(feature: InspectorFeature, sizes: DimensionSizes): void {
  feature.sizes.setState({ sizes })
  void countNow(feature)
}
