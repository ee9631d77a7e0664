import type { DetectionRunsTable } from '../storage/detection-runs-table'
import type { DetectionsTable } from '../storage/detections-table'
import type { DetectionService } from './detection-service'
import type { StudioImplementer } from './implementer'

/** The rooms behind the detection lab. */
export interface DetectionParts {
  readonly service: DetectionService
  readonly detections: DetectionsTable
  readonly runs: DetectionRunsTable
}

/** A call that nobody can take back. */
const never = new AbortController().signal

/** The detection procedures of the contract. */
export function detectionHandlers(
  detection: StudioImplementer['detection'],
  { service, detections, runs }: DetectionParts,
) {
  return {
    detect: detection.detect.handler(({ input, signal = never }) => service.detect(input, signal)),
    detectFrame: detection.detectFrame.handler(({ input, signal = never }) => service.detectFrame(input, signal)),
    layers: detection.layers.handler(({ input, signal = never }) => service.layers(input, signal)),
    runFolder: detection.runFolder.handler(({ input }) => service.runFolder(input)),
    continueRun: detection.continueRun.handler(({ input }) => service.continueRun(input.runId, input.first === true)),
    runs: detection.runs.handler(({ input }) => runs.page(input)),
    getRun: detection.getRun.handler(({ input }) => runs.get(input.runId)),
    removeRuns: detection.removeRuns.handler(({ input }) => {
      input.runIds.forEach((id) => runs.remove(id))
      return input.runIds
    }),
    restoreRuns: detection.restoreRuns.handler(({ input }) => {
      input.runIds.forEach((id) => runs.restore(id))
      return input.runIds
    }),
    list: detection.list.handler(({ input }) => detections.page(input)),
    get: detection.get.handler(({ input }) => detections.get(input.detectionId)),
    picture: detection.picture.handler(({ input }) => service.picture(input.detectionId)),
    remove: detection.remove.handler(({ input }) => {
      input.detectionIds.forEach((id) => detections.remove(id))
      return input.detectionIds
    }),
    restore: detection.restore.handler(({ input }) => {
      input.detectionIds.forEach((id) => detections.restore(id))
      return input.detectionIds
    }),
    evaluate: detection.evaluate.handler(({ input }) => service.evaluate(input.runId, input.truth)),
    examples: detection.examples.handler(() => service.examples()),
  }
}
