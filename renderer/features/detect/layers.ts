import { detectionLimits } from '../../../contract/detection'
import type { DetectFeature } from './feature'
import { isSameKey, type LayersKey } from './layers-store'
import { factsOnStage } from './selectors'

/** Why there is no look inside for what is on the stage, in words; null where there is. */
export function whyNoLayers(feature: DetectFeature): string | null {
  const { stage } = feature
  const { picture, looked } = stage.getState()
  if (looked === null) return 'Nothing was looked at yet'
  if (picture === null) return 'Only for pictures: a video is looked at in one go'
  if (picture.assetId === null) return 'The picture itself is not there any more'
  if (factsOnStage(feature)?.layers !== true) return 'Only two-stage detectors can be run in parts'
  return null
}

/** Runs the two stages apart where a layer is switched on, once for each picture. */
export function followLayers(feature: DetectFeature): () => void {
  const { stage, view } = feature
  const update = () => void loadLayers(feature)
  const stops = [stage.subscribe(update), view.subscribe(update)]
  update()
  return () => {
    for (const stop of stops) stop()
  }
}

async function loadLayers(feature: DetectFeature): Promise<void> {
  const { layers, stage, studio } = feature
  const key = wantedKey(feature)
  if (key === null) {
    if (layers.getState().key !== null) layers.setState({ key: null, layers: null, isLoading: false, failure: null })
    return
  }
  if (isSameKey(layers.getState().key, key)) return
  layers.setState({ key, layers: null, isLoading: true, failure: null })
  try {
    const found = await studio.client.detection.layers({ ...key, proposals: detectionLimits.proposals })
    if (layers.getState().key === key) layers.setState({ layers: found, isLoading: false })
  } catch (error) {
    const failure = studio.report(`Looking inside ${stage.getState().looked?.modelName ?? 'the model'}`, error)
    if (layers.getState().key === key) layers.setState({ isLoading: false, failure })
  }
}

function wantedKey(feature: DetectFeature): LayersKey | null {
  const { view, stage } = feature
  const { showsAttention, showsProposals, showsAnchors } = view.getState()
  if (!showsAttention && !showsProposals && !showsAnchors) return null
  if (whyNoLayers(feature) !== null) return null
  const { picture, looked } = stage.getState()
  const assetId = picture?.assetId
  if (assetId == null || looked === null) return null
  return { assetId, modelId: looked.modelId, precision: looked.result.precision }
}
