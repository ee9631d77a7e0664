import { generateRequestSchema, type GenerateSettings, type ImageRecord } from '../../contract/images'
import type { AssetId, ImageId, JobId, ModelId } from '../../contract/ids'
import type { JobOf } from '../../contract/jobs'
import type { Model } from '../../contract/models'

/** Records for tests and for looking at the page without a core. */

export function fakeAssetId(number: number): AssetId {
  return number.toString(16).padStart(64, '0') as AssetId
}

export const fakeModel: Model = {
  id: 'tiny-shapes' as ModelId,
  family: 'sd3',
  name: 'Tiny shapes',
  description: 'Draws single objects on plain ground. It has seen few words: keep prompts short.',
  source: 'bundled',
  folder: '/models/tiny-shapes',
  layout: 'studio',
  licence: 'Apache-2.0',
  bytes: 61_000_000,
  precision: 'fp16',
  state: { kind: 'ready' },
  image: {
    encoders: [
      { name: 'CLIP-L', maxTokens: 77 },
      { name: 'T5', maxTokens: 128 },
    ],
    defaults: { width: 128, height: 128, steps: 20, guidanceScale: 4, shift: 3 },
    sizes: [
      [128, 128],
      [96, 128],
      [144, 96],
      [160, 96],
    ],
    maxSide: 256,
    canEncode: true,
    hasBlockGates: true,
    hasPreviewDecoder: true,
    prompts: ['a red apple on a blue ground', 'two hedgehogs under a mushroom', 'a rocket and a yellow moon'],
  },
}

export const brokenModel: Model = {
  ...fakeModel,
  id: 'half-copied' as ModelId,
  name: 'Half copied',
  source: 'added',
  state: { kind: 'broken', message: 'vae_decoder/model.onnx is missing', remedy: 'Copy the folder again.' },
}

export function fakeSettings(changes: Partial<GenerateSettings> = {}): GenerateSettings {
  return {
    ...generateRequestSchema.parse({
      modelId: fakeModel.id,
      prompt: 'a red apple on a blue ground',
      width: 128,
      height: 128,
      steps: 20,
      guidanceScale: 4,
      shift: 3,
      seed: 418205937,
    }),
    ...changes,
  }
}

export function fakeImage(number: number, changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: `image-${number}` as ImageId,
    jobId: null,
    assetId: fakeAssetId(number),
    thumbnailId: fakeAssetId(number),
    createdAt: 1_700_000_000_000 + number * 60_000,
    width: 128,
    height: 128,
    settings: fakeSettings({ seed: 1000 + number }),
    modelName: fakeModel.name,
    modelHash: 'abc123',
    provider: 'cpu',
    timings: { load: 420, encode: 60, denoise: 5200, decode: 310, save: 40 },
    frames: [],
    starred: false,
    partial: false,
    stepsDone: 20,
    deletedAt: null,
    ...changes,
  }
}

export function fakeJob(number: number, changes: Partial<JobOf<'image'>> = {}): JobOf<'image'> {
  const request = fakeSettings()
  return {
    id: `job-${number}` as JobId,
    request: { kind: 'image', request },
    title: request.prompt,
    status: 'queued',
    createdAt: number,
    startedAt: null,
    finishedAt: null,
    position: number,
    progress: null,
    failure: null,
    imageIds: [],
    raceId: null,
    detectionRunId: null,
    comparisonId: null,
    frames: [],
    log: [],
    ...changes,
  }
}
