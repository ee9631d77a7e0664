import { assetIdSchema, imageIdSchema, jobIdSchema } from '../../../contract/ids'
import { generateRequestSchema, type ImageRecord } from '../../../contract/images'
import type { Job } from '../../../contract/jobs'
import { raceSchema, type Race } from '../../../contract/speculation'

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
    raceId: null,
    frames: [],
    log: [],
    ...change,
  }
}

export function sampleRace(id: string, createdAt: number, change: Partial<Race> = {}): Race {
  return raceSchema.parse({
    id,
    jobId: 'job',
    createdAt,
    settings: { modelId: 'm', prompt: 'Why is the sky blue?', strategies: [{ name: 'lookup' }] },
    modelName: 'Model',
    modelHash: 'hash',
    precision: 'int4',
    provider: 'cpu',
    threads: 2,
    promptTokens: 5,
    runs: [],
    calibration: null,
    partial: false,
    deletedAt: null,
    ...change,
  })
}
