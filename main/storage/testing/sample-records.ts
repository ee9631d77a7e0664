import { detectionSchema, type Detection } from '../../../contract/detection'
import {
  assetIdSchema,
  detectionRunIdSchema,
  imageIdSchema,
  jobIdSchema,
  modelIdSchema,
  type DetectionRunId,
} from '../../../contract/ids'
import { generateRequestSchema, type ImageRecord } from '../../../contract/images'
import type { Job } from '../../../contract/jobs'
import { raceSchema, type Race } from '../../../contract/speculation'
import type { RunRecord } from '../detection-runs-table'

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
    detectionRunId: null,
    comparisonId: null,
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

export function sampleDetection(id: string, change: Partial<Detection> = {}): Detection {
  return detectionSchema.parse({
    id,
    runId: null,
    createdAt: 1,
    name: 'shelf.jpg',
    assetId: null,
    thumbnailId: null,
    modelId: 'm',
    modelName: 'Model',
    modelHash: 'hash',
    outcome: {
      kind: 'done',
      result: {
        width: 640,
        height: 480,
        candidates: {
          boxes: [1, 2, 3, 4, 10.5, 20.25, 30.125, 40].map(Math.fround),
          scores: [0.9, 0.1].map(Math.fround),
          classIds: [3, 60],
        },
        timings: { decode: 1, prepare: 2, network: 3, finish: 0.5 },
        provider: 'cpu',
        threads: 1,
        precision: 'float32',
        notes: [],
      },
    },
    deletedAt: null,
    ...change,
  })
}

export function failedDetection(id: string, name: string, runId: DetectionRunId | null = null): Detection {
  const failure = { code: 'INVALID_INPUT' as const, message: 'The file is empty' }
  return sampleDetection(id, { name, runId, outcome: { kind: 'failed', failure } })
}

export function sampleDetectionRun(id: string): RunRecord {
  return {
    id: detectionRunIdSchema.parse(id),
    jobId: null,
    createdAt: 1,
    name: 'holiday',
    source: { kind: 'folder', folder: '/pictures/holiday', deep: true },
    modelId: modelIdSchema.parse('m'),
    modelName: 'Model',
    precision: 'float32',
    total: 3,
    deletedAt: null,
  }
}
