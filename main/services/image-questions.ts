import { StudioError } from '../../contract/errors'
import type { AssetId, ModelId } from '../../contract/ids'
import type { GeneratePatch, GenerateSettings, PromptTokens, Schedule, SigmaConversion } from '../../contract/images'
import type { Sd3Folder } from '../images/folder'
import { countPromptTokens } from '../images/prompt-tokens'
import { sigmaSchedule, timestepDensity } from '../images/schedule'
import type { AssetStore } from '../storage/assets'
import { readPictureMetadata } from '../storage/png-metadata'

const densitySamples = 96

export interface WrittenSettings {
  settings: GeneratePatch | null
  source: 'atelier' | 'parameters' | null
  text: string | null
}

/** What can be asked about pictures without drawing one: all of it answers at once and loads no weights. */
export class ImageQuestions {
  readonly #folder: (modelId: string) => Promise<Sd3Folder>
  readonly #assets: AssetStore

  constructor(needs: { folder: (modelId: string) => Promise<Sd3Folder>; assets: AssetStore }) {
    this.#folder = needs.folder
    this.#assets = needs.assets
  }

  /**
   * Refuses what this model cannot do before it is queued, so that the fault shows at the field and not minutes later.
   * @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, ASSET_NOT_FOUND, INVALID_INPUT
   */
  async check(settings: GenerateSettings): Promise<void> {
    const folder = await this.#folder(settings.modelId)
    const side = settings.width > settings.height ? 'width' : 'height'
    if (settings[side] > folder.maxSide) {
      throw new StudioError('INVALID_INPUT', `This model draws at most ${folder.maxSide} px a side`, {
        field: side,
        remedy: `Choose ${folder.maxSide} or less.`,
      })
    }
    if (settings.initImage !== undefined) {
      if (folder.graphs.vae_encoder === undefined) {
        throw new StudioError('INVALID_INPUT', 'This model cannot start from a picture: it has no VAE encoder', {
          field: 'initImage',
          remedy: 'Remove the start image, or choose a model that has a vae_encoder folder.',
        })
      }
      await this.#assets.read(settings.initImage.assetId)
      if (settings.initImage.maskAssetId !== undefined) await this.#assets.read(settings.initImage.maskAssetId)
    }
  }

  async countTokens(modelId: ModelId, prompt: string): Promise<PromptTokens[]> {
    return countPromptTokens(await this.#folder(modelId), prompt)
  }

  schedule(input: { steps: number; shift: number; sigmaConversion: SigmaConversion }): Schedule {
    return {
      sigmas: [...sigmaSchedule({ steps: input.steps, shift: input.shift, conversion: input.sigmaConversion })],
      density: [...timestepDensity(input.shift, densitySamples)],
    }
  }

  async readSettings(assetId: AssetId): Promise<WrittenSettings> {
    const written = readPictureMetadata(await this.#assets.read(assetId))
    return written ?? { settings: null, source: null, text: null }
  }
}
