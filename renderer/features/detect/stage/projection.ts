import type { Box } from '../../../../contract/detection'
import { scaleOf, type Size, type Stage, type Viewport } from '../../../ui/viewport'

/** The one matrix by which everything on the stage is placed: picture pixels to stage pixels. */
export interface Projection {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export function projectionOf(viewport: Viewport, picture: Size, stage: Stage): Projection {
  const scale = scaleOf(viewport, picture, stage)
  return {
    scale,
    x: stage.width / 2 + viewport.x - (picture.width * scale) / 2,
    y: stage.height / 2 + viewport.y - (picture.height * scale) / 2,
  }
}

export function project({ scale, x, y }: Projection, [left, top, right, bottom]: Box): Box {
  return [x + left * scale, y + top * scale, x + right * scale, y + bottom * scale]
}

/** As CSS has it. */
export function matrixOf({ scale, x, y }: Projection): string {
  return `matrix(${scale}, 0, 0, ${scale}, ${x}, ${y})`
}
