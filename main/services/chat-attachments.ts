import type { Attachment } from '../../contract/chat'
import { chatLimits } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import type { AssetId } from '../../contract/ids'
import type { AssetStore } from '../storage/assets'
import { decodePicture, encodePreview, readPictureSize } from './pictures'

const thumbnailSide = 256

/**
 * Takes in a picture to be sent: the file as it is, and a small one to show.
 * @throws StudioError INVALID_INPUT where it is no picture, PICTURE_TOO_LARGE, ASSET_NOT_FOUND, DISK_FULL
 */
export async function attachPicture(
  input: { file: File } | { assetId: AssetId },
  assets: AssetStore,
): Promise<Attachment> {
  const isFile = 'file' in input
  const field = isFile ? 'file' : 'assetId'
  const bytes = isFile ? new Uint8Array(await input.file.arrayBuffer()) : await assets.read(input.assetId)
  const { width, height } = await readPictureSize(bytes, field)
  if (width * height > chatLimits.picturePixels) {
    const megapixels = (pixels: number): string => `${Math.round(pixels / 1e6)} megapixels`
    throw new StudioError('PICTURE_TOO_LARGE', `The picture has ${megapixels(width * height)} (${width} × ${height})`, {
      field,
      remedy: `Scale it down: at most ${megapixels(chatLimits.picturePixels)} are taken.`,
    })
  }
  const assetId = isFile ? await assets.put(bytes) : input.assetId
  const scale = Math.min(1, thumbnailSide / Math.max(width, height))
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
  const thumbnail = await decodePicture(bytes, size, 3, field)
  const thumbnailId = await assets.put(await encodePreview(thumbnail, thumbnailSide, 86))
  const name = isFile && input.file.name !== '' && input.file.name !== 'blob' ? input.file.name.slice(-300) : null
  return { assetId, thumbnailId, width, height, name }
}
