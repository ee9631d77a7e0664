import type { DetectedBox } from '../../../../contract/detection'
import type { LabelDensity } from '../form-store'
import { classStyle, dashArray } from '../model/class-style'
import { labelText } from '../stage/label-text'
import { labelHeight, placeLabels } from '../stage/place-labels'

interface Annotation {
  readonly picture: ImageBitmap
  readonly boxes: readonly DetectedBox[]
  readonly labels: LabelDensity
  readonly nameOf: (classId: number) => string
}

/** The picture at its own size with its boxes painted in, as they stand on the stage. */
export async function annotatedPicture({ picture, boxes, labels, nameOf }: Annotation): Promise<Blob> {
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser cannot paint')
  context.drawImage(picture, 0, 0)
  // Lines and letters keep their share of the picture, whatever its size.
  const unit = Math.max(1, Math.max(width, height) / 960)
  for (const one of boxes) strokeBox(context, one, unit)
  if (labels !== 'none') {
    const texts = boxes.map((one) => labelText(one, labels, nameOf))
    context.font = `600 ${11 * unit}px Inter, system-ui, sans-serif`
    const wanted = boxes.map(({ box }, index) => ({
      box,
      width: context.measureText(texts[index]!.whole).width + 14 * unit,
    }))
    const places = placeLabels(wanted, { width, height }, labelHeight * unit)
    places.forEach(({ x, y }, index) => {
      const size = { width: wanted[index]!.width, height: labelHeight * unit }
      context.fillStyle = 'rgba(16, 19, 23, 0.88)'
      context.fillRect(x, y, size.width, size.height)
      context.fillStyle = colorOf(boxes[index]!.classId)
      context.fillRect(x, y, 3 * unit, size.height)
      context.fillStyle = '#fff'
      context.fillText(texts[index]!.whole, x + 9 * unit, y + 13 * unit)
    })
  }
  return canvas.convertToBlob({ type: 'image/png' })
}

function strokeBox(context: OffscreenCanvasRenderingContext2D, { box, classId }: DetectedBox, unit: number): void {
  const [left, top, right, bottom] = box
  const rect = [left, top, right - left, bottom - top] as const
  context.setLineDash([])
  context.strokeStyle = 'rgba(0, 0, 0, 0.55)'
  context.lineWidth = 5 * unit
  context.strokeRect(...rect)
  context.strokeStyle = 'rgba(255, 255, 255, 0.8)'
  context.lineWidth = 3.5 * unit
  context.strokeRect(...rect)
  const { dash } = classStyle(classId)
  context.setLineDash((dashArray(dash)?.split(' ') ?? []).map((length) => Number(length) * unit))
  context.strokeStyle = colorOf(classId)
  context.lineWidth = 2.5 * unit
  context.strokeRect(...rect)
}

/** A canvas knows no custom properties. */
function colorOf(classId: number): string {
  const name = classStyle(classId).color.slice(4, -1)
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#61c3f9'
}
