import type { DetailState, SliceAt } from './detail-store'
import type { InspectorFeature } from './feature'
import { failureOf } from '../../client/failure'
import { openFileOf } from './file-store'
import { withInspection } from './with-inspection'

/** Rows and columns of a weight that the heat map shows. */
const sliceRows = 24
const sliceColumns = 32

/** Reads the card of a node, as it stands at the sizes in the fields. */
export async function loadNode(feature: InspectorFeature, node: number): Promise<void> {
  const { detail, studio, sizes } = feature
  const file = openFileOf(feature.file.getState())
  if (file === null) return
  try {
    const found = await withInspection(feature, file, (inspectionId) =>
      studio.client.inspection.node({ inspectionId, node, sizes: { ...sizes.getState().sizes } }),
    )
    if (isSelected(feature, 'node', node)) detail.setState({ node: found, failure: null })
  } catch (error) {
    if (isSelected(feature, 'node', node)) detail.setState({ failure: studio.report('Reading a node', error) })
  }
}

function isSelected({ view }: InspectorFeature, kind: 'node', index: number): boolean {
  const { selected } = view.getState()
  return selected?.kind === kind && selected.index === index
}

/** Shows a weight's values; null puts it away. */
export async function lookAtWeight(
  feature: InspectorFeature,
  weight: number | null,
  slice: SliceAt = { at: [] },
): Promise<void> {
  const { detail, studio } = feature
  const file = openFileOf(feature.file.getState())
  const isNew = detail.getState().weight !== weight
  if (isNew) detail.setState({ weight, view: null, failure: null })
  if (file === null || weight === null || file.inspection.weights[weight]?.place === 'absent') return
  try {
    const view = await withInspection(feature, file, (inspectionId) =>
      studio.client.inspection.tensor({
        inspectionId,
        weight,
        bins: 48,
        rows: sliceRows,
        columns: sliceColumns,
        at: [...slice.at],
        ...(slice.rowAxis === undefined ? {} : { rowAxis: slice.rowAxis }),
        ...(slice.columnAxis === undefined ? {} : { columnAxis: slice.columnAxis }),
      }),
    )
    if (isLookedAt(detail.getState(), weight)) detail.setState({ view, failure: null })
  } catch (error) {
    if (!isLookedAt(detail.getState(), weight)) return
    // That a type has no numbers to show is a fact about the file, and nothing that went wrong.
    const failure = failureOf(error)
    const isFault = failure.code !== 'MODEL_UNSUPPORTED'
    detail.setState({ failure: isFault ? studio.report('Reading a weight', error) : failure })
  }
}

function isLookedAt(state: DetailState, weight: number): boolean {
  return state.weight === weight
}
