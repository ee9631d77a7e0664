import { filterSchema, type Detection, type DetectionRun, type DetectionSummary } from '../../../../contract/detection'
import { filterCandidates } from '../../../../contract/detection-boxes'
import { evaluateDetections } from '../../../../contract/detection-metrics'
import { StudioError, toFailure, type Failure } from '../../../../contract/errors'
import type { AssetId, DetectionId, DetectionRunId, JobId, ModelId } from '../../../../contract/ids'
import type { Job } from '../../../../contract/jobs'
import type { Model } from '../../../../contract/models'
import { fakeAssetId, fakeJob, fakeModel } from '../../../testing/fake-data'
import { createFakeStudio, type FakeStudio } from '../../../testing/fake-studio'
import { sceneCandidates, sceneClasses, sceneLayers, sceneResult, sceneSize } from './scene'

export interface FakeDetectionOptions {
  readonly hasModel?: boolean
  /** Single pictures that were looked at before. */
  readonly earlier?: number
  /** Pictures of an earlier folder run; 0 for no run. */
  readonly folder?: number
  readonly hasExamples?: boolean
  /** Milliseconds that a look takes. */
  readonly wait?: number
}

export interface FakeDetection extends FakeStudio {
  readonly detections: Detection[]
  readonly runs: DetectionRun[]
}

export const exampleAsset = fakeAssetId(0xe1)

export const fakeDetector: Model & { detector: NonNullable<Model['detector']> } = {
  id: 'thundernet-toys' as ModelId,
  family: 'detector',
  name: 'ThunderNet Toys',
  description: 'Finds toys.',
  source: 'bundled',
  folder: '/models/thundernet-toys',
  layout: 'studio',
  licence: 'MIT',
  bytes: 4_400_000,
  precision: 'float32',
  state: { kind: 'ready' },
  detector: {
    architecture: 'thundernet',
    architectureName: 'ThunderNet SNet49',
    classes: sceneClasses,
    input: { width: 320, height: 320, resize: 'stretch' },
    precisions: ['float32', 'int8'],
    defaultPrecision: 'float32',
    defaults: { score: 0.5, overlap: 0.45 },
    scoreMeaning: 'Calibrated: of the boxes scored 0.8, 79 % are right.',
    layers: true,
    suppression: true,
  },
}

const unreadable: Failure = toFailure(
  new StudioError('INVALID_INPUT', 'This file is not a picture that can be read', {
    remedy: 'Use a PNG, JPEG or WebP file.',
  }),
)

/** A fake studio whose detector finds the same toys in every picture. */
export function createFakeDetection(options: FakeDetectionOptions = {}): FakeDetection {
  const { hasModel = true, earlier = 0, folder = 0, hasExamples = true, wait = 0 } = options
  const fake = createFakeStudio()
  const detections: Detection[] = []
  const runs: DetectionRun[] = []
  let next = 1
  fake.core.answer('models.list', async () => (hasModel ? [fakeModel, fakeDetector] : [fakeModel]))

  function add(patch: Partial<Detection>): Detection {
    const number = next++
    const detection: Detection = {
      id: `detection-${number}` as DetectionId,
      runId: null,
      createdAt: Date.now() - 1000 * number,
      name: `picture-${number}.png`,
      assetId: fakeAssetId(number),
      thumbnailId: fakeAssetId(number),
      modelId: fakeDetector.id,
      modelName: fakeDetector.name,
      modelHash: 'abc',
      outcome: { kind: 'done', result: sceneResult() },
      deletedAt: null,
      ...patch,
    }
    detections.unshift(detection)
    return detection
  }

  function addRun(name: string, names: readonly string[]): DetectionRun {
    const id = `run-${next++}` as DetectionRunId
    const failed = names.filter((one) => /broken/.test(one)).length
    const run: DetectionRun = {
      id,
      jobId: null,
      createdAt: Date.now(),
      name,
      source: { kind: 'assets' },
      modelId: fakeDetector.id,
      modelName: fakeDetector.name,
      precision: 'float32',
      total: names.length,
      done: names.length - failed,
      failed,
      count: 14 * (names.length - failed),
      deletedAt: null,
    }
    for (const one of names) {
      const isBroken = /broken/.test(one)
      add({
        runId: id,
        name: one,
        ...(isBroken ? { outcome: { kind: 'failed', failure: unreadable }, thumbnailId: null } : {}),
      })
    }
    runs.unshift(run)
    return run
  }

  function find(id: string): Detection {
    const found = detections.find((one) => one.id === id)
    if (found === undefined) throw new StudioError('DETECTION_NOT_FOUND', 'That picture is not there any more')
    return found
  }

  const pause = async () => void (wait > 0 && (await new Promise((resolve) => setTimeout(resolve, wait))))
  const detection = {
    detect: async ({ assetId, name }: { assetId: AssetId; name: string }) => {
      await pause()
      return add({ assetId, thumbnailId: assetId, name })
    },
    detectFrame: async ({ precision }: { precision?: string }) => {
      await pause()
      return sceneResult({ precision: precision ?? 'float32', candidates: sceneCandidates(7, 150) })
    },
    layers: async () => {
      await pause()
      return sceneLayers()
    },
    runFolder: async ({ source }: { source: { name?: string; pictures?: readonly { name: string }[] } }) => {
      const run = addRun(source.name ?? 'folder', source.pictures?.map(({ name }) => name) ?? ['a.png'])
      return jobOf(run)
    },
    continueRun: async ({ runId }: { runId: string }) => jobOf(runs.find(({ id }) => id === runId)!),
    runs: async () => ({ runs: alive(runs), total: alive(runs).length, nextCursor: null }),
    getRun: async ({ runId }: { runId: string }) => runs.find(({ id }) => id === runId)!,
    removeRuns: async ({ runIds }: { runIds: string[] }) => patch(runs, runIds, Date.now()),
    restoreRuns: async ({ runIds }: { runIds: string[] }) => patch(runs, runIds, null),
    list: async ({ runId = null, limit = 100, cursor, offset }: FakeListInput) => {
      const found = alive(detections).filter((one) => one.runId === runId)
      if (runId !== null) found.sort(byNameFailedLast)
      const from = Number(cursor ?? offset ?? 0)
      const to = from + limit
      return {
        detections: found.slice(from, to).map(summaryOf),
        total: found.length,
        nextCursor: to < found.length ? String(to) : null,
      }
    },
    get: async ({ detectionId }: { detectionId: string }) => find(detectionId),
    picture: async ({ detectionId }: { detectionId: string }) => ({ assetId: find(detectionId).assetId }),
    remove: async ({ detectionIds }: { detectionIds: string[] }) => patch(detections, detectionIds, Date.now()),
    restore: async ({ detectionIds }: { detectionIds: string[] }) => patch(detections, detectionIds, null),
    evaluate: async () => evaluateDetections([], sceneClasses),
    examples: async () => (hasExamples ? [{ name: 'toy-shelf.jpg', assetId: exampleAsset, ...sceneSize }] : []),
  }
  const client = fake.core.client as unknown as Record<string, unknown>
  client['detection'] = Object.fromEntries(
    Object.entries(detection).map(([name, call]) => [
      name,
      (...args: never[]) => {
        fake.core.calls.push(`detection.${name}`)
        return (call as (...given: never[]) => unknown)(...args)
      },
    ]),
  )

  for (let index = 0; index < earlier; index++) add({})
  if (folder > 0) {
    const number = (index: number) => String(index + 1).padStart(5, '0')
    addRun(
      'holiday',
      Array.from({ length: folder }, (_, index) => `${index % 40 === 11 ? 'broken' : 'toy'}-${number(index)}.jpg`),
    )
  }
  return { ...fake, detections, runs }
}

interface FakeListInput {
  readonly runId?: string | null
  readonly limit?: number
  readonly cursor?: string
  readonly offset?: number
}

function jobOf(run: DetectionRun): Job {
  return {
    ...fakeJob(900),
    id: `job-${run.id}` as JobId,
    status: 'done',
    title: run.name,
    detectionRunId: run.id,
    request: { kind: 'detection', request: { runId: run.id, modelId: run.modelId } },
  }
}

function alive<Item extends { readonly deletedAt: number | null }>(items: readonly Item[]): Item[] {
  return items.filter(({ deletedAt }) => deletedAt === null)
}

function patch<Item extends { readonly id: string; readonly deletedAt: number | null }>(
  items: Item[],
  ids: readonly string[],
  deletedAt: number | null,
): readonly string[] {
  items.forEach((item, index) => {
    if (ids.includes(item.id)) items[index] = { ...item, deletedAt }
  })
  return ids
}

function byNameFailedLast(a: Detection, b: Detection): number {
  const failed = Number(a.outcome.kind === 'failed') - Number(b.outcome.kind === 'failed')
  return failed || (a.name < b.name ? -1 : 1)
}

function summaryOf({ outcome, ...detection }: Detection): DetectionSummary {
  const filter = filterSchema.parse(fakeDetector.detector.defaults)
  const { id, runId, createdAt, name, assetId, thumbnailId, modelId } = detection
  return {
    id,
    runId,
    createdAt,
    name,
    assetId,
    thumbnailId,
    modelId,
    failure: outcome.kind === 'failed' ? outcome.failure : null,
    count: outcome.kind === 'done' ? filterCandidates(outcome.result.candidates, filter).length : null,
  }
}
