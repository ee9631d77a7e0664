// The whole way from a prompt to pictures: encode the text, make the start latent, denoise, decode.

import type { GenerateSettings } from '../../contract/images'
import type { GraphSession } from '../runtime/graph-session'
import { compositeThroughMask, type RgbImage } from '../tensor/image'
import { checkRequest, type ImageInputs } from './check-request'
import { assembleConditioning, encodePrompts, type PromptTexts } from './conditioning'
import { denoise, type Denoised } from './denoise'
import type { Sd3Folder } from './folder'
import { FrameMaker } from './frames'
import { GraphRunner } from './graph-runner'
import { Guidance, type GuidanceOptions } from './guidance'
import { cancelled, type ImageRun } from './image-run'
import type { MaskRule } from './inpaint'
import { createSolver } from './samplers'
import { encodeStart, latentShape, requestSigmas, startLatent } from './start-latent'
import { TransformerGraph, type LatentShape } from './transformer-graph'
import { decodeLatent, type Encoded, type Tiling, type VaeTools } from './vae'

export type { ImageInputs } from './check-request'
export type { ImageEvent, ImageRole, ImageRun } from './image-run'

/** What the settings leave open, with the studio's choice where absent. */
export interface ImageOptions {
  /** How a picture's latent is taken from the encoder: drawn, as diffusers does, or the mean. Drawn where absent. */
  readonly posterior?: 'sample' | 'mean'
  /** What grey in a mask means; a time where absent. */
  readonly maskRule?: MaskRule
  /** Whether the kept part is taken from the start picture itself, free of the autoencoder's loss; yes where absent. */
  readonly keepPixels?: boolean
  readonly tiling?: Tiling
  /** The negative prompt of CLIP-G and T5 where it differs. */
  readonly negativePrompt2?: string
  readonly negativePrompt3?: string
}

/**
 * Draws the pictures of a request one after another, each from its own seed. The same request gives the same bytes on
 * the same machine.
 * @throws StudioError INVALID_INPUT, MODEL_BROKEN, MODEL_UNSUPPORTED, NOT_FINITE, OUT_OF_MEMORY; CANCELLED after the
 *   picture in hand was emitted as far as it had come
 */
export async function generateImages(
  folder: Sd3Folder,
  settings: GenerateSettings,
  given: ImageInputs,
  run: ImageRun,
  options: ImageOptions = {},
): Promise<void> {
  checkRequest(folder, settings, given)
  // A picture that the settings do not speak of is not started from.
  const inputs = settings.initImage === undefined ? {} : given
  const runner = new GraphRunner(run)
  const tools: VaeTools = {
    runner,
    tiling: options.tiling ?? 'auto',
    log: (text) => run.emit({ type: 'log', text }),
  }
  const encoded = await encodePrompts(
    folder,
    positiveTexts(settings),
    settings.guidanceScale > 1 ? negativeTexts(settings, options) : undefined,
    { clipSkip: settings.clipSkip, without: settings.withoutEncoders },
    run,
    runner,
  )
  const start = await encodeStart(folder, inputs, run, runner, tools)

  const shape = latentShape(folder, settings)
  const transformer = new TransformerGraph(await runner.open('transformer', 0), runner)
  transformer.checkShape(shape, folder.vae.pixels)
  const sizes = {
    width: transformer.widths.context ?? folder.contextWidth,
    pooled: transformer.widths.pooled,
    clipTokens: folder.clipLength,
    t5Tokens: folder.t5Length,
  }
  const positive = assembleConditioning(encoded.positive, sizes)
  const negative = encoded.negative === undefined ? undefined : assembleConditioning(encoded.negative, sizes)
  const guidance = new Guidance(transformer, shape, guidanceOptions(settings), positive, negative)
  const showsDecoded = settings.previewEvery > 0 && folder.graphs.preview_decoder !== undefined
  const previewDecoder = showsDecoded ? await runner.open('preview_decoder', 0) : undefined
  const frames = new FrameMaker(folder, runner, shape[3], shape[2], previewDecoder)

  const drawing: Drawing = {
    folder,
    settings,
    inputs,
    options,
    run,
    runner,
    tools,
    shape,
    start,
    guidance,
    frames,
    decoder: undefined,
  }
  for (let item = 0; item < settings.count; item++) await drawPicture(drawing, item)
  await run.stageDone(['vae_decoder', 'preview_decoder'])
}

/** What all pictures of a request share. */
interface Drawing {
  readonly folder: Sd3Folder
  readonly settings: GenerateSettings
  readonly inputs: ImageInputs
  readonly options: ImageOptions
  readonly run: ImageRun
  readonly runner: GraphRunner
  readonly tools: VaeTools
  readonly shape: LatentShape
  readonly start: Encoded | undefined
  readonly guidance: Guidance
  readonly frames: FrameMaker
  /** Loaded for the first picture. */
  decoder: GraphSession | undefined
}

/** @throws StudioError CANCELLED, after the picture was emitted as far as it had come */
async function drawPicture(drawing: Drawing, item: number): Promise<void> {
  const { settings, run, runner } = drawing
  runner.stopIfCancelled()
  const seed = settings.seed + item
  const { latent, stepsDone, isStopped } = await runner.timed('denoise', () => denoisePicture(drawing, item, seed))
  if (isStopped && stepsDone === 0) throw cancelled()
  // The transformer is the largest graph by far, and loading it again for each picture would cost more than it frees.
  if (isStopped || item === settings.count - 1) await run.stageDone(['transformer'])

  const { width, height, rgb } = await runner.keeping(() => decodePicture(drawing, item, latent))
  run.emit({ type: 'image', item, seed, width, height, rgb, partial: isStopped, stepsDone, ...runner.takeTimes() })
  if (!isStopped) return
  await run.stageDone(['vae_decoder', 'preview_decoder'])
  throw cancelled()
}

async function denoisePicture(drawing: Drawing, item: number, seed: number): Promise<Denoised> {
  const { folder, settings, inputs, options, run, guidance, frames, shape } = drawing
  const sigmas = requestSigmas(folder, settings)
  const steps = sigmas.length - 1
  const rules = { posterior: options.posterior ?? 'sample', mask: options.maskRule ?? 'threshold' } as const
  const { latent, repaint } = startLatent(drawing.start, inputs, { folder, shape, seed, sigma: sigmas[0]! }, rules)
  run.emit({ type: 'stage', stage: 'denoise', label: 'Denoising', item })
  const every = settings.previewEvery
  if (every > 0) await frames.emit(item, 0, sigmas[0]!, latent)
  return denoise(latent, {
    sigmas,
    guidance,
    solver: createSolver(settings.sampler),
    repaint,
    now: () => run.now(),
    onStep: async (step, sigma, milliseconds, clean) => {
      run.emit({ type: 'step', item, step, steps, sigma, milliseconds })
      if (every > 0 && step % every === 0) await frames.emit(item, step, sigma, clean)
    },
  })
}

async function decodePicture(drawing: Drawing, item: number, latent: Float32Array): Promise<RgbImage> {
  const { folder, inputs, options, run, runner, tools, shape } = drawing
  drawing.decoder ??= await runner.open('vae_decoder', item)
  const session = drawing.decoder
  run.emit({ type: 'stage', stage: 'decode', label: 'Decoding the picture', item })
  const image = await runner.timed('decode', () => decodeLatent(latent, shape[3], session, folder.vae, tools))
  const { initImage, mask } = inputs
  if (initImage === undefined || mask === undefined || options.keepPixels === false) return image
  return compositeThroughMask(image, initImage, mask)
}

/** A prompt of an encoder of its own counts where it says something, as in diffusers. */
function positiveTexts({ prompt, prompt2, prompt3 }: GenerateSettings): PromptTexts {
  return { 'CLIP-L': prompt, 'CLIP-G': prompt2 || prompt, T5: prompt3 || prompt }
}

function negativeTexts({ negativePrompt }: GenerateSettings, options: ImageOptions): PromptTexts {
  return {
    'CLIP-L': negativePrompt,
    'CLIP-G': options.negativePrompt2 || negativePrompt,
    T5: options.negativePrompt3 || negativePrompt,
  }
}

function guidanceOptions(settings: GenerateSettings): GuidanceOptions {
  const { guidanceScale, guidanceEnd, guidanceBatched, skipLayers } = settings
  return {
    scale: guidanceScale,
    end: guidanceEnd,
    batched: guidanceBatched,
    ...(skipLayers === undefined ? {} : { skipLayers }),
  }
}
