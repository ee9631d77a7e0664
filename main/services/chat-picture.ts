import { randomUUID } from 'node:crypto'
import type { Answer, DrawnPart, Message } from '../../contract/chat'
import { textOf } from '../../contract/chat-tree'
import { StudioError } from '../../contract/errors'
import { imageIdSchema } from '../../contract/ids'
import { generateRequestSchema, limits, type GenerateSettings, type ImageRecord } from '../../contract/images'

/** A drawn picture's settings in the form that the gallery and picture files have; null where it was drawn from no words. */
export function drawnSettings({ parameters, modelId }: Answer, path: readonly Message[]): GenerateSettings | null {
  const question = path.at(-1)
  const { drawing, sampling } = parameters
  if (drawing === null || question === undefined) return null
  const parsed = generateRequestSchema.safeParse({
    modelId,
    prompt: textOf(question).slice(0, limits.promptCharacters),
    width: drawing.width,
    height: drawing.height,
    steps: drawing.steps,
    guidanceScale: drawing.textScale,
    shift: drawing.shift,
    seed: sampling.seed,
  })
  return parsed.success ? parsed.data : null
}

/** The gallery's record of a drawn picture. @throws StudioError JOB_STATE while it is drawn, INVALID_INPUT where it is none */
export function imageRecordOf(answer: Answer, part: DrawnPart, path: readonly Message[]): ImageRecord {
  const settings = drawnSettings(answer, path)
  if (part.assetId === null || part.thumbnailId === null || part.state === 'drawing') {
    throw new StudioError('JOB_STATE', 'The picture is not there yet', {
      field: 'part',
      remedy: 'Wait until it is drawn, or stop it and keep what there is.',
    })
  }
  if (settings === null) {
    throw new StudioError('INVALID_INPUT', 'This picture cannot be put into the gallery', {
      field: 'part',
      remedy: 'Save it as a file.',
    })
  }
  const { statistics } = answer
  const milliseconds = (phase: 'draw' | 'decode'): number =>
    statistics?.phases.find((one) => one.phase === phase)?.milliseconds ?? 0
  return {
    id: imageIdSchema.parse(randomUUID()),
    jobId: answer.jobId,
    assetId: part.assetId,
    thumbnailId: part.thumbnailId,
    createdAt: Date.now(),
    width: part.width,
    height: part.height,
    settings,
    modelName: answer.modelName,
    modelHash: answer.modelHash ?? '',
    provider: statistics?.provider ?? 'cpu',
    timings: { denoise: milliseconds('draw'), decode: milliseconds('decode') },
    frames: part.frames,
    starred: false,
    partial: part.state === 'partial',
    stepsDone: part.step,
    stepsPlanned: part.steps,
    deletedAt: null,
  }
}
