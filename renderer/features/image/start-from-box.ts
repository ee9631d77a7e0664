import type { Box } from '../../../contract/detection'
import type { AssetId } from '../../../contract/ids'
import { changeForm } from './actions'
import type { ImageFeature } from './feature'
import { maskStoreOf, type MaskOperation } from './mask/mask-store'
import { exportMask } from './mask/paint-mask'

export interface BoxStart {
  readonly assetId: AssetId
  /** Pixels of the upright picture. */
  readonly width: number
  readonly height: number
  /** What is painted anew. */
  readonly box: Box
}

/** Starts from a picture of which only the box is painted anew. The mask can be worked on like one that was painted by hand. */
export async function startFromBox(feature: ImageFeature, { assetId, width, height, box }: BoxStart): Promise<void> {
  const rectangle: MaskOperation = {
    kind: 'rectangle',
    left: Math.max(0, Math.floor(box[0])),
    top: Math.max(0, Math.floor(box[1])),
    right: Math.min(width, Math.ceil(box[2])),
    bottom: Math.min(height, Math.ceil(box[3])),
  }
  const file = await exportMask(width, height, [rectangle])
  const mask = await feature.studio.client.assets.upload({ file })
  maskStoreOf(assetId).setState({ operations: [rectangle] })
  const strength = feature.form.getState().draft.initImage?.strength ?? 0.6
  changeForm(
    feature,
    { initImage: { assetId, strength, maskAssetId: mask.assetId } },
    'Start image and mask set',
    `strength ${strength}`,
  )
}
