// What the helper thread does for detection: the arithmetic on whole pictures and whole folders.

import type { DetectedBox, DetectorClass } from '../../contract/detection'
import type { DetectionEvaluation } from '../../contract/detection-evaluation'
import { evaluateAgainst } from '../../contract/detection-metrics'
import { parseCocoTruth } from '../../contract/detection-truth'
import { StudioError } from '../../contract/errors'
import type { Help } from '../runtime/serve-help'
import { isOpaque, onWhite } from '../tensor/on-white'
import { preparePicture, type PictureInput, type PreparedPicture, type Size } from './picture-input'

export interface PrepareInput {
  /** Upright pixels, row by row. */
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
  readonly input: PictureInput
  /** Size of the picture itself, where these pixels were shrunk from it. */
  readonly picture?: Size
}

export interface PrepareOutput {
  readonly picture: PreparedPicture
  readonly wasTransparent: boolean
  readonly milliseconds: number
}

export function prepare({ width, height, channels, data, input, picture: size }: PrepareInput): PrepareOutput {
  const started = performance.now()
  const wasTransparent = channels === 4 && !isOpaque(data)
  const rgb = channels === 4 ? onWhite(data) : data
  const picture = preparePicture({ width, height, rgb }, input, size)
  return { picture, wasTransparent, milliseconds: performance.now() - started }
}

export function helpPrepare(input: PrepareInput): Help<PrepareOutput> {
  const output = prepare(input)
  return { output, transfer: [output.picture.pixels.data.buffer as ArrayBuffer] }
}

export interface EvaluateInput {
  /** The file with labels. */
  readonly truth: Uint8Array
  readonly found: readonly { readonly name: string; readonly detections: readonly DetectedBox[] }[]
  readonly classes: readonly DetectorClass[]
}

/** @throws StudioError INVALID_INPUT where the file is no JSON or holds no labels */
export function helpEvaluate({ truth, found, classes }: EvaluateInput): Help<DetectionEvaluation> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(truth))
  } catch (cause) {
    throw new StudioError(
      'INVALID_INPUT',
      'The labels are not JSON',
      { field: 'truth', remedy: 'Choose a file in COCO’s form.', detail: String(cause) },
      { cause },
    )
  }
  return { output: evaluateAgainst(parseCocoTruth(json), found, classes) }
}
