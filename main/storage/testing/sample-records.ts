import { assetIdSchema, imageIdSchema, jobIdSchema } from '../../../contract/ids'
import { generateRequestSchema, type ImageRecord } from '../../../contract/images'
import type { Job } from '../../../contract/jobs'

export const sampleAssetId = assetIdSchema.parse('a'.repeat(64))

export const sampleSettings = generateRequestSchema.parse({
  modelId: 'm',
  prompt: 'a red apple',
  width: 128,
  height: 128,
  steps: 4,
  guidanceScale: 4,
  shift: 1,
  seed: 7,
})

export function sampleImage(id: string, createdAt: number, change: Partial<ImageRecord> = {}): ImageRecord {
  return {
    id: imageIdSchema.parse(id),
    jobId: jobIdSchema.parse('job'),
    assetId: sampleAssetId,
    thumbnailId: sampleAssetId,
    createdAt,
    width: 128,
    height: 128,
    settings: sampleSettings,
    modelName: 'Model',
    modelHash: 'hash',
    provider: 'cpu',
    timings: { denoise: 10 },
    frames: [],
    starred: false,
    partial: false,
    stepsDone: 4,
    deletedAt: null,
    ...change,
  }
}

export function sampleJob(id: string, change: Partial<Job> = {}): Job {
  return {
    id: jobIdSchema.parse(id),
    request: { kind: 'image', request: sampleSettings },
    title: 'a red apple',
    status: 'queued',
    createdAt: 1,
    startedAt: 2,
    finishedAt: null,
    position: 1,
    progress: null,
    failure: null,
    imageIds: [],
    frames: [],
    log: [],
    ...change,
  }
}
