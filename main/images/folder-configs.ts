// The JSON files of a model folder, all of them optional, with the published models' values where they are silent.
// Unknown fields pass: newer libraries write more of them.

import path from 'node:path'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { readOptionalJson } from '../text/model-files'
import { sd3ManifestSchema, type Sd3Manifest } from './manifest'
import type { DynamicShift } from './schedule'
import type { VaeFacts } from './vae'

export interface FolderConfigs {
  readonly manifest: Sd3Manifest | undefined
  readonly name: string | undefined
  readonly description: string | undefined
  readonly precision: string | undefined
  readonly clipLength: number
  readonly t5Length: number
  readonly defaults: { width: number; height: number; steps: number; guidanceScale: number; shift: number }
  readonly dynamicShift: DynamicShift | undefined
  readonly maxSide: number
  readonly sideMultiple: number
  readonly contextWidth: number
  readonly vae: VaeFacts
  readonly problems: readonly { message: string; remedy: string }[]
}

const transformerSchema = z.looseObject({
  sample_size: z.number().nullish(),
  patch_size: z.number().nullish(),
  joint_attention_dim: z.number().nullish(),
  pos_embed_max_size: z.number().nullish(),
})
const vaeSchema = z.looseObject({
  scaling_factor: z.number().nullish(),
  shift_factor: z.number().nullish(),
  latent_channels: z.number().nullish(),
  block_out_channels: z.array(z.number()).nullish(),
})
const schedulerSchema = z.looseObject({
  shift: z.number().nullish(),
  use_dynamic_shifting: z.boolean().nullish(),
  base_shift: z.number().nullish(),
  max_shift: z.number().nullish(),
  base_image_seq_len: z.number().nullish(),
  max_image_seq_len: z.number().nullish(),
})
const templateSchema = z.looseObject({
  Name: z.string().nullish(),
  Description: z.string().nullish(),
  StableDiffusionTemplate: z
    .looseObject({
      SampleSize: z.number().nullish(),
      SchedulerDefaults: z.looseObject({ Steps: z.number().nullish(), Guidance: z.number().nullish() }).nullish(),
    })
    .nullish(),
})

/** What the published SD3 models have. */
const published = {
  sampleSize: 128,
  patch: 2,
  contextWidth: 4096,
  tableSide: 192,
  shift: 3,
  steps: 28,
  guidanceScale: 4.5,
  clipLength: 77,
  t5Length: 256,
  vae: { scalingFactor: 1.5305, shiftFactor: 0.0609, channels: 16, levels: 4 },
}
const clipSchema = z.looseObject({ model_max_length: z.number().min(3).optional() })

/** Distilled models draw in a few steps and are not guided. */
const turbo = { steps: 4, guidanceScale: 1 }

/** Reads every configuration file that is there. One that cannot be read is noted as a problem. */
export async function readFolderConfigs(root: string): Promise<FolderConfigs> {
  const problems: { message: string; remedy: string }[] = []
  const read = async <S extends z.ZodType>(name: string, schema: S): Promise<z.output<S> | undefined> => {
    try {
      return await readOptionalJson(path.join(root, name), schema)
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      problems.push({ message: error.message, remedy: error.data.remedy ?? '' })
      return undefined
    }
  }
  const manifest = await read('studio.json', sd3ManifestSchema)
  const transformer =
    (await read('transformer/config.json', transformerSchema)) ?? (await read('unet/config.json', transformerSchema))
  const vae = (await read('vae_decoder/config.json', vaeSchema)) ?? (await read('vae/config.json', vaeSchema))
  const scheduler = await read('scheduler/scheduler_config.json', schedulerSchema)
  const template = await read('amuse_template.json', templateSchema)
  const clip =
    (await read('tokenizer/tokenizer_config.json', clipSchema)) ??
    (await read('tokenizer_2/tokenizer_config.json', clipSchema))

  const facts = vaeFacts(vae)
  const patch = transformer?.patch_size ?? published.patch
  const own = template?.StableDiffusionTemplate
  const side = own?.SampleSize ?? (transformer?.sample_size ?? published.sampleSize) * facts.pixels
  const usual = /turbo/iu.test(`${path.basename(root)} ${template?.Name ?? ''}`) ? turbo : published
  return {
    manifest,
    name: manifest?.name ?? template?.Name ?? undefined,
    description: manifest?.description ?? template?.Description ?? undefined,
    precision: manifest?.precision,
    // Files that leave the limit open say so with a huge number.
    clipLength: Math.min(clip?.model_max_length ?? published.clipLength, published.clipLength),
    t5Length: manifest?.t5Length ?? published.t5Length,
    defaults: {
      width: manifest?.defaults?.width ?? side,
      height: manifest?.defaults?.height ?? side,
      steps: manifest?.defaults?.steps ?? own?.SchedulerDefaults?.Steps ?? usual.steps,
      guidanceScale: manifest?.defaults?.guidanceScale ?? own?.SchedulerDefaults?.Guidance ?? usual.guidanceScale,
      shift: manifest?.defaults?.shift ?? scheduler?.shift ?? published.shift,
    },
    dynamicShift: dynamicShiftOf(scheduler),
    maxSide: manifest?.maxSide ?? (transformer?.pos_embed_max_size ?? published.tableSide) * patch * facts.pixels,
    sideMultiple: patch * facts.pixels,
    contextWidth: transformer?.joint_attention_dim ?? published.contextWidth,
    vae: facts,
    problems,
  }
}

function vaeFacts(config: z.output<typeof vaeSchema> | undefined): VaeFacts {
  const levels = config?.block_out_channels?.length ?? published.vae.levels
  return {
    scalingFactor: config?.scaling_factor ?? published.vae.scalingFactor,
    shiftFactor: config?.shift_factor ?? published.vae.shiftFactor,
    channels: config?.latent_channels ?? published.vae.channels,
    // Every level but the last halves the picture.
    pixels: 2 ** (levels - 1),
  }
}

function dynamicShiftOf(config: z.output<typeof schedulerSchema> | undefined): DynamicShift | undefined {
  if (config?.use_dynamic_shifting !== true) return undefined
  return {
    baseShift: config.base_shift ?? 0.5,
    maxShift: config.max_shift ?? 1.16,
    baseTokens: config.base_image_seq_len ?? 256,
    maxTokens: config.max_image_seq_len ?? 4096,
  }
}
