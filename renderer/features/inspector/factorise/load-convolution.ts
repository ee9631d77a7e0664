import { showToast } from '../../../ui/toaster'
import type { InspectorFeature } from '../feature'
import { openFileOf } from '../file-store'
import { nodeLabel } from '../model/model-graph'
import { withInspection } from '../with-inspection'
import { takeNode } from './factorise'

/** Takes a node's convolution into the lesson, as it stands at the sizes in the fields. */
export async function loadConvolution(feature: InspectorFeature, node: number): Promise<void> {
  const file = openFileOf(feature.file.getState())
  const about = file?.inspection.nodes[node]
  if (file === null || about === undefined) return
  try {
    const { convolution } = await withInspection(feature, file, (inspectionId) =>
      feature.studio.client.inspection.node({ inspectionId, node, sizes: { ...feature.sizes.getState().sizes } }),
    )
    if (convolution !== null) takeNode(feature, node, nodeLabel(about), convolution)
    else {
      showToast({
        tone: 'warn',
        text: `${nodeLabel(about)} has no square form here.`,
        detail: 'Its sizes are unknown, or it is no square two-dimensional convolution.',
      })
    }
  } catch (error) {
    showToast({ tone: 'fail', text: feature.studio.report('Reading a convolution', error).message })
  }
}
