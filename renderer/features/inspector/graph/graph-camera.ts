// Where one looks at a drawing that is larger than the stage: pure figures.

export interface Camera {
  /** Screen pixels for each pixel of the drawing. */
  readonly scale: number
  /** Where the drawing's corner lies on the stage, in screen pixels. */
  readonly x: number
  readonly y: number
}

export interface Extent {
  readonly width: number
  readonly height: number
}

export interface Area extends Extent {
  readonly x: number
  readonly y: number
}

export const leastZoom = 0.04
export const mostZoom = 3
/** Smaller than this, words cannot be read. */
const readable = 0.7
const margin = 24

/** The whole drawing in sight. */
export function fitCamera(drawing: Extent, stage: Extent): Camera {
  const scale = clampZoom(
    Math.min(1, (stage.width - 2 * margin) / drawing.width, (stage.height - 2 * margin) / drawing.height),
  )
  return { scale, x: (stage.width - drawing.width * scale) / 2, y: (stage.height - drawing.height * scale) / 2 }
}

/** The first look: the whole where it can be read so, else its beginning. */
export function firstCamera(drawing: Extent, stage: Extent, first: Area | null = null): Camera {
  const whole = fitCamera(drawing, stage)
  if (whole.scale >= readable) return { ...whole, y: Math.min(whole.y, margin) }
  const scale = clampZoom(Math.max(readable, Math.min(1, (stage.width - 2 * margin) / drawing.width)))
  if (first === null) return { scale, x: (stage.width - drawing.width * scale) / 2, y: 0 }
  const middle = first.x + first.width / 2
  return { scale, x: stage.width / 2 - middle * scale, y: margin - first.y * scale }
}

/** Zooms and keeps the point of the stage where it is. */
export function zoomCamera(camera: Camera, factor: number, at: { readonly x: number; readonly y: number }): Camera {
  const scale = clampZoom(camera.scale * factor)
  const ratio = scale / camera.scale
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio }
}

/** What of the drawing is in sight, with as much again on each side. */
export function seenArea(camera: Camera, stage: Extent, slack = 0.5): Area {
  const width = stage.width / camera.scale
  const height = stage.height / camera.scale
  return {
    x: -camera.x / camera.scale - width * slack,
    y: -camera.y / camera.scale - height * slack,
    width: width * (1 + 2 * slack),
    height: height * (1 + 2 * slack),
  }
}

/** Moves as little as is needed to have an area in sight. */
export function cameraTowards(camera: Camera, area: Area, stage: Extent): Camera {
  const left = camera.x + area.x * camera.scale
  const top = camera.y + area.y * camera.scale
  return {
    scale: camera.scale,
    x: camera.x + shift(left, left + area.width * camera.scale, stage.width),
    y: camera.y + shift(top, top + area.height * camera.scale, stage.height),
  }
}

function shift(from: number, to: number, room: number): number {
  const edge = 40
  if (from < edge) return edge - from
  if (to > room - edge) return Math.max(edge - from, room - edge - to)
  return 0
}

function clampZoom(scale: number): number {
  return Math.max(leastZoom, Math.min(mostZoom, scale))
}

export function overlaps(one: Area, other: Area): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  )
}
