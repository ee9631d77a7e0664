import type { ImageModelFacts } from '../../contract/models'
import type { Sd3Folder } from './folder'

/** What a model can be asked for, in the contract's words. */
export function imageModelFacts(folder: Sd3Folder): ImageModelFacts {
  return {
    encoders: folder.encoders.map(({ name, maxTokens }) => ({ name, maxTokens })),
    defaults: { ...folder.defaults },
    sizes: folder.sizes.map(([width, height]) => [width, height]),
    maxSide: folder.maxSide,
    canEncode: folder.graphs.vae_encoder !== undefined,
    hasBlockGates: folder.gatedBlocks > 0,
    hasPreviewDecoder: folder.graphs.preview_decoder !== undefined,
    prompts: [...folder.prompts],
    ...(folder.vocabulary === undefined ? {} : { vocabulary: folder.vocabulary }),
  }
}
