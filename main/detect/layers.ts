import type { ThunderNetSpec } from './detector-spec'
import type { LayersTaskOutput } from './detect-task'
import type { ToPicture } from './picture-input'
import { anchorShapes } from './thundernet/anchors'
import type { StagesResult } from './thundernet/run-stages'

/** A look inside ThunderNet, in the picture's pixels. */
export function layersOf(
  { grid, proposals, attention, timings }: StagesResult,
  { anchors }: ThunderNetSpec,
  { scaleX, scaleY, offsetX, offsetY }: ToPicture,
): LayersTaskOutput {
  const { rpn, head, finish } = timings
  return {
    grid: { ...grid },
    anchors: anchorShapes(anchors).map(({ width, height, side, ratio }) => ({
      width: width * scaleX,
      height: height * scaleY,
      side,
      ratio,
    })),
    anchorCentre: {
      x: anchors.offset * scaleX + offsetX,
      y: anchors.offset * scaleY + offsetY,
      stepX: anchors.stride * scaleX,
      stepY: anchors.stride * scaleY,
    },
    proposals: {
      boxes: Array.from(proposals.boxes, (value, place) =>
        place % 2 === 0 ? value * scaleX + offsetX : value * scaleY + offsetY,
      ),
      scores: [...proposals.scores],
    },
    attention: [...attention],
    timings: { network: rpn + head, stages: { rpn, proposals: timings.proposals, head }, finish },
  }
}
