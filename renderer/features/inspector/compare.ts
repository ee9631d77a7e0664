import type { InspectionSource } from '../../../contract/inspection'
import { noDifference } from './difference-store'
import type { InspectorFeature } from './feature'
import { openFileOf } from './file-store'
import { inOrder, readFile } from './open-file'
import { suggestedSizes } from './sizes-store'

/** Reads a second file and shows how it differs from the one that is open. */
export async function compareWith(feature: InspectorFeature, source: InspectionSource, name: string): Promise<void> {
  const { difference, studio, sizes } = feature
  const file = openFileOf(feature.file.getState())
  if (file === null) return
  difference.setState({ ...noDifference, opening: name })
  feature.view.setState({ tab: 'difference' })
  try {
    const other = await readFile(feature, source)
    const names = new Set(file.inspection.dimensions.map(({ name }) => name))
    const ownDimensions = other.inspection.dimensions.filter(({ name }) => !names.has(name))
    // Both are opened anew, so that neither was let go in between.
    const before = await studio.client.inspection.open({ source: file.inspection.source })
    const [found, otherCounts] = await Promise.all([
      studio.client.inspection.difference({ before: before.id, after: other.inspection.id }),
      studio.client.inspection.count({
        inspectionId: other.inspection.id,
        sizes: { ...suggestedSizes(ownDimensions), ...sizes.getState().sizes },
      }),
    ])
    if (difference.getState().opening !== name) return
    difference.setState({ other, otherCounts, difference: found, opening: null, failure: null })
  } catch (error) {
    difference.setState({ ...noDifference, failure: studio.report(`Comparing with ${name}`, error) })
  }
}

export async function compareWithFiles(feature: InspectorFeature, files: readonly File[]): Promise<void> {
  const found = inOrder(files)
  const first = found[0]
  if (first === undefined) return
  const path = feature.studio.host.pathOf(first)
  if (path !== null) return compareWith(feature, { kind: 'path', path }, first.name)
  try {
    const { uploadId } = await feature.studio.client.inspection.upload({ files: [...found] })
    await compareWith(feature, { kind: 'upload', uploadId }, first.name)
  } catch (error) {
    feature.difference.setState({ ...noDifference, failure: feature.studio.report('Sending a file', error) })
  }
}

export function endComparison({ difference, view }: InspectorFeature): void {
  difference.setState(noDifference)
  view.setState({ tab: 'graph' })
}
