/** Zoom and pan of a picture on a stage, as numbers alone. */

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Viewport {
  /** Screen pixels for each picture pixel; `fit` follows the size of the stage. */
  readonly scale: number | 'fit'
  /** Where the picture's centre lies, in screen pixels from the centre of the stage. */
  readonly x: number
  readonly y: number
}

export const fitted: Viewport = { scale: 'fit', x: 0, y: 0 }

export const leastScale = 0.05
export const mostScale = 32

/** A small picture is blown up to fill the stage, up to this many times. */
const mostFit = 8

/** A stage in screen pixels, and the room that stays free around a picture that fits: for what lies over its edges. */
export interface Stage extends Size {
  readonly margin?: Size
}

const usualMargin: Size = { width: 48, height: 96 }

export function fitScale(picture: Size, stage: Stage): number {
  if (picture.width <= 0 || picture.height <= 0) return 1
  const { width, height } = stage.margin ?? usualMargin
  const room = Math.min((stage.width - width) / picture.width, (stage.height - height) / picture.height)
  return Math.max(leastScale, Math.min(mostFit, room))
}

export function scaleOf(viewport: Viewport, picture: Size, stage: Stage): number {
  return viewport.scale === 'fit' ? fitScale(picture, stage) : viewport.scale
}

/** Zooms by a factor and keeps the point under the pointer where it is. The point is measured from the stage's centre. */
export function zoomAt(
  viewport: Viewport,
  factor: number,
  point: { readonly x: number; readonly y: number },
  picture: Size,
  stage: Stage,
): Viewport {
  const before = scaleOf(viewport, picture, stage)
  const scale = Math.min(mostScale, Math.max(leastScale, before * factor))
  const ratio = scale / before
  return clampPan(
    { scale, x: point.x - (point.x - viewport.x) * ratio, y: point.y - (point.y - viewport.y) * ratio },
    picture,
    stage,
  )
}

export function pan(viewport: Viewport, dx: number, dy: number, picture: Size, stage: Stage): Viewport {
  if (viewport.scale === 'fit') return viewport
  return clampPan({ ...viewport, x: viewport.x + dx, y: viewport.y + dy }, picture, stage)
}

/** Keeps some of the picture in sight. */
export function clampPan(viewport: Viewport, picture: Size, stage: Stage): Viewport {
  if (viewport.scale === 'fit') return fitted
  const keep = 48
  const mostX = Math.max(0, (picture.width * viewport.scale + stage.width) / 2 - keep)
  const mostY = Math.max(0, (picture.height * viewport.scale + stage.height) / 2 - keep)
  return {
    scale: viewport.scale,
    x: Math.min(mostX, Math.max(-mostX, viewport.x)),
    y: Math.min(mostY, Math.max(-mostY, viewport.y)),
  }
}

/**
 * Whether pixels are shown as squares. Someone who zooms in wants to see what the model drew, pixel by pixel; a picture
 * that merely fills the stage is smoothed.
 */
export function isPixelated(viewport: Viewport): boolean {
  return viewport.scale !== 'fit' && viewport.scale >= 2
}
