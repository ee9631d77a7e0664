// Refuses what a model cannot do before anything is loaded, with the field at fault.

import { StudioError } from '../../contract/errors'
import { limits, type GenerateSettings } from '../../contract/images'
import type { GreyImage, RgbImage } from '../tensor/image'
import type { Sd3Folder } from './folder'

export interface ImageInputs {
  readonly initImage?: RgbImage
  /** White is painted anew, black is kept. */
  readonly mask?: GreyImage
}

/** @throws StudioError INVALID_INPUT, MODEL_BROKEN */
export function checkRequest(folder: Sd3Folder, settings: GenerateSettings, inputs: ImageInputs): void {
  const [problem] = folder.problems
  if (problem !== undefined) throw new StudioError('MODEL_BROKEN', problem.message, { remedy: problem.remedy })
  checkSides(folder, settings)
  if (settings.seed > limits.maxSeed - (settings.count - 1)) {
    throw invalid('seed', 'The last picture would need a seed above the largest one', 'Choose a smaller seed.')
  }
  checkSkipLayers(folder, settings)
  checkInputs(folder, settings, inputs)
}

function checkSides(folder: Sd3Folder, settings: GenerateSettings): void {
  const { sideMultiple, maxSide } = folder
  for (const field of ['width', 'height'] as const) {
    const side = settings[field]
    if (side % sideMultiple !== 0 || side <= 0) {
      const near = Math.max(1, Math.round(side / sideMultiple)) * sideMultiple
      throw invalid(field, `The ${field} must be a multiple of ${sideMultiple} px, not ${side}`, `Set it to ${near}.`)
    }
    if (side > maxSide) {
      throw invalid(field, `This model draws at most ${maxSide} px a side`, `Set the ${field} to ${maxSide} or less.`)
    }
  }
}

function checkSkipLayers(folder: Sd3Folder, { skipLayers }: GenerateSettings): void {
  if (skipLayers === undefined) return
  if (folder.gatedBlocks === 0) {
    const remedy = 'Turn skip-layer guidance off, or use a model whose transformer has the input block_gates.'
    throw invalid('skipLayers', "This model's blocks cannot be left out one by one", remedy)
  }
  const beyond = skipLayers.layers.find((layer) => layer >= folder.gatedBlocks)
  if (beyond !== undefined) {
    const last = folder.gatedBlocks - 1
    throw invalid(
      'skipLayers.layers',
      `There is no block ${beyond}: they go from 0 to ${last}`,
      `Choose blocks up to ${last}.`,
    )
  }
}

function checkInputs(folder: Sd3Folder, settings: GenerateSettings, { initImage, mask }: ImageInputs): void {
  if (settings.initImage === undefined) return
  if (folder.graphs.vae_encoder === undefined) {
    const remedy = 'Remove the start picture, or add the folder vae_encoder to the model.'
    throw invalid('initImage', 'This model cannot start from a picture: it has no VAE encoder', remedy)
  }
  if (initImage === undefined) throw invalid('initImage', 'The start picture is not there', 'Choose a picture again.')
  const pictures = [
    ['initImage', 'The start picture', initImage],
    ['initImage.maskAssetId', 'The mask', mask],
  ] as const
  for (const [field, what, picture] of pictures) {
    if (picture === undefined || (picture.width === settings.width && picture.height === settings.height)) continue
    const sizes = `${picture.width} x ${picture.height} px, not ${settings.width} x ${settings.height}`
    throw invalid(field, `${what} has ${sizes}`, 'Scale it to the size that is drawn.')
  }
}

function invalid(field: string, message: string, remedy: string): StudioError {
  return new StudioError('INVALID_INPUT', message, { field, remedy })
}
