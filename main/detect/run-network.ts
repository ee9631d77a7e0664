import { performance } from 'node:perf_hooks'
import type { Candidates } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import type { GraphSession, ValueInfo } from '../runtime/graph-session'
import { float32To16 } from '../tensor/float16'
import { elementCount, tensor, type Tensor } from '../tensor/tensor'
import { CandidateList } from './candidate-list'
import type { DetectorSpec } from './detector-spec'
import { floatOutput } from './float-output'
import { readDetr } from './heads/detr'
import { readRtDetr } from './heads/rt-detr'
import { readThunderNet } from './heads/thundernet'
import { readYolov8 } from './heads/yolov8'
import { readYolox } from './heads/yolox'
import type { PreparedPicture, Size } from './picture-input'

export interface NetworkResult {
  readonly candidates: Candidates
  /** Milliseconds of the network and of reading its output. */
  readonly network: number
  readonly finish: number
}

type Outputs = Readonly<Record<string, Tensor>>

/** A decoder for each architecture. */
const readers: Readonly<
  Record<DetectorSpec['architecture'], (outputs: Outputs, size: Size, spec: DetectorSpec, found: CandidateList) => void>
> = {
  thundernet: (outputs, _size, { thundernet }, found) => {
    if (thundernet === undefined) throw new StudioError('MODEL_BROKEN', 'The manifest says nothing of ThunderNet')
    readThunderNet(floatOutput(outputs, 'boxes'), floatOutput(outputs, 'scores'), thundernet.background, found)
  },
  detr: (outputs, size, _spec, found) =>
    readDetr(floatOutput(outputs, 'logits'), floatOutput(outputs, 'pred_boxes'), size, found),
  'rt-detr': (outputs, size, { pairs }, found) =>
    readRtDetr(floatOutput(outputs, 'logits'), floatOutput(outputs, 'pred_boxes'), size, found, pairs),
  yolox: (outputs, size, _spec, found) => readYolox(floatOutput(outputs, onlyName(outputs)), size, found),
  yolov8: (outputs, _size, _spec, found) => readYolov8(floatOutput(outputs, onlyName(outputs)), found),
}

function onlyName(outputs: Outputs): string {
  return Object.keys(outputs)[0] ?? 'output'
}

/**
 * Runs the whole network over one picture.
 * @throws StudioError MODEL_UNSUPPORTED, NOT_FINITE, OUT_OF_MEMORY, DEVICE_UNAVAILABLE
 */
export async function runNetwork(
  session: GraphSession,
  spec: DetectorSpec,
  { pixels, toPicture }: PreparedPicture,
): Promise<NetworkResult> {
  const feeds = feedsFor(session, pixels)
  const started = performance.now()
  const outputs = await session.run(feeds)
  const ran = performance.now()
  const candidates = readCandidates(outputs, spec, { pixels, toPicture })
  return { candidates, network: ran - started, finish: performance.now() - ran }
}

/** From raw outputs to candidates. @throws StudioError MODEL_UNSUPPORTED, NOT_FINITE */
export function readCandidates(
  outputs: Outputs,
  spec: DetectorSpec,
  { pixels, toPicture }: PreparedPicture,
): Candidates {
  const found = new CandidateList()
  const [, , height = 0, width = 0] = pixels.shape
  readers[spec.architecture](outputs, { width, height }, spec, found)
  return found.finish(toPicture)
}

/** A prepared picture as the inputs of a network. */
export function feedsFor(session: Pick<GraphSession, 'inputs'>, pixels: Tensor<'float32'>): Record<string, Tensor> {
  return Object.fromEntries(
    session.inputs.map((input): [string, Tensor] => {
      if (input.name === 'pixel_mask') return [input.name, pixelMask(input, pixels)]
      if (input.dtype !== 'float16') return [input.name, pixels]
      return [input.name, tensor('float16', pixels.shape, float32To16(pixels.data))]
    }),
  )
}

/** Side of the mask that exports for transformers.js take, whatever the picture's size. */
const freeMaskSide = 64

/** Says that no pixel is padding. Its sides are the picture's only where the graph names them alike. */
function pixelMask({ shape }: ValueInfo, pixels: Tensor<'float32'>): Tensor {
  const [, height, width] = shape
  const side = (declared: number | string | undefined, ofPicture: number): number => {
    if (typeof declared === 'number') return declared
    return declared === 'height' || declared === 'width' ? ofPicture : freeMaskSide
  }
  const sides = [1, side(height, pixels.shape[2]!), side(width, pixels.shape[3]!)]
  return tensor('int64', sides, new BigInt64Array(elementCount(sides)).fill(1n))
}
