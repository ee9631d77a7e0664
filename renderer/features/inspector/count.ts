import type { DimensionSizes } from '../../../contract/inspection-counts'
import type { InspectorFeature } from './feature'
import { openFileOf } from './file-store'
import { withInspection } from './with-inspection'

/** Features that wait for an answer. */
const counting = new WeakSet<InspectorFeature>()

/**
 * Counts the open file at the sizes in the fields. One question is asked at a time: whoever types faster than a large model is
 * counted gets the newest answer, and not every one before it.
 */
export async function countNow(feature: InspectorFeature): Promise<void> {
  if (counting.has(feature)) return
  counting.add(feature)
  try {
    while (await countOnce(feature));
  } finally {
    counting.delete(feature)
  }
}

/** @returns whether the sizes, or the file, have changed meanwhile */
async function countOnce(feature: InspectorFeature): Promise<boolean> {
  const file = openFileOf(feature.file.getState())
  if (file === null) return false
  const { sizes } = feature.sizes.getState()
  const isOutdated = () => openFileOf(feature.file.getState()) !== file || feature.sizes.getState().sizes !== sizes
  try {
    const counts = await withInspection(feature, file, (inspectionId) =>
      feature.studio.client.inspection.count({ inspectionId, sizes: { ...sizes } }),
    )
    if (!isOutdated()) feature.sizes.setState({ counts, failure: null })
  } catch (error) {
    if (!isOutdated()) feature.sizes.setState({ failure: feature.studio.report('Counting', error) })
  }
  return isOutdated()
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
