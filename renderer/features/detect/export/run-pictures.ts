import type { DetectionRun, DetectionSummary, DetectorClass } from '../../../../contract/detection'
import type { ExportPicture } from '../../../../contract/detection-exports'
import { filterOther } from '../boxes'
import type { DetectFeature } from '../feature'
import { detectorModels } from '../selectors'

const pageSize = 500
const atOnce = 8

/** All pictures of a run that could be read, each with the boxes that the sliders let pass. */
export async function picturesOfRun(
  { studio, form, view }: DetectFeature,
  run: DetectionRun,
): Promise<{ readonly pictures: readonly ExportPicture[]; readonly classes: readonly DetectorClass[] }> {
  const { detection } = studio.client
  const { filter } = form.getState()
  const hidden = view.getState()
  const pictures: ExportPicture[] = []
  const read = async ({ id }: DetectionSummary): Promise<ExportPicture | null> => {
    const { name, outcome } = await detection.get({ detectionId: id })
    if (outcome.kind !== 'done') return null
    const { width, height, candidates } = outcome.result
    return { name, width, height, boxes: filterOther(candidates, filter, hidden) }
  }
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof detection.list>> = await detection.list({
      runId: run.id,
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    })
    for (let from = 0; from < page.detections.length; from += atOnce) {
      const some = await Promise.all(page.detections.slice(from, from + atOnce).map(read))
      pictures.push(...some.filter((one) => one !== null))
    }
    cursor = page.nextCursor
  } while (cursor !== null)
  const models = detectorModels(studio.models.getState().models)
  const classes = models.find(({ id }) => id === run.modelId)?.detector.classes ?? []
  return { pictures, classes }
}
