import type { Convolution } from '../../../../contract/inspection'
import { announce } from '../../../ui/live-region'
import type { InspectorFeature } from '../feature'
import { whenOver } from '../measure'

/** One core, as the literature measures blocks: how well they spread over several is another question. */
export const threads = 1

const turns = new WeakMap<InspectorFeature, number>()

/** Takes another convolution, counts its forms, and finds what was measured for it before. */
export function playWith(feature: InspectorFeature, convolution: Convolution): void {
  feature.factorise.setState({ convolution, from: null })
  void loadBlocks(feature)
}

/** Takes the convolution of a node. */
export function takeNode(feature: InspectorFeature, node: number, name: string, convolution: Convolution): void {
  feature.factorise.setState({ convolution, from: { node, name } })
  feature.view.setState({ tab: 'factorise' })
  void loadBlocks(feature)
}

export async function loadBlocks(feature: InspectorFeature): Promise<void> {
  const { factorise, studio } = feature
  const turn = (turns.get(feature) ?? 0) + 1
  turns.set(feature, turn)
  const { convolution } = factorise.getState()
  try {
    const [blocks, measured] = await Promise.all([
      studio.client.inspection.blocks({ convolution }),
      studio.client.inspection.measuredBlocks({ convolution, threads }),
    ])
    if (turns.get(feature) === turn) factorise.setState({ blocks, measured, failure: null })
  } catch (error) {
    if (turns.get(feature) !== turn) return
    factorise.setState({
      blocks: [],
      measured: null,
      failure: studio.report('Counting the forms of a convolution', error),
    })
  }
}

/** Builds and runs every form on this machine. */
export async function measureBlocks(feature: InspectorFeature): Promise<void> {
  const { factorise, studio } = feature
  if (factorise.getState().jobId !== null) return
  const { convolution } = factorise.getState()
  try {
    const job = await studio.client.inspection.measure({ measure: 'blocks', convolution, threads })
    factorise.setState({ jobId: job.id, failure: null })
    const end = await whenOver(studio, job.id)
    factorise.setState({ jobId: null, failure: end?.status === 'failed' ? end.failure : null })
    await loadBlocks(feature)
    if (end?.status === 'done') announce('Measured')
  } catch (error) {
    factorise.setState({ jobId: null, failure: studio.report('Measuring the forms of a convolution', error) })
  }
}
