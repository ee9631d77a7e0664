import type { MaskOperation } from './mask-store'

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

/** Paints the mask as coverage: opaque where the picture is painted anew, transparent where it is kept. */
export function paintMask(context: Context, operations: readonly MaskOperation[], color: string): void {
  const { width, height } = context.canvas
  context.globalCompositeOperation = 'source-over'
  context.filter = 'none'
  context.clearRect(0, 0, width, height)
  for (const operation of operations) paintOne(context, operation, color)
}

function paintOne(context: Context, operation: MaskOperation, color: string): void {
  const { width, height } = context.canvas
  context.filter = 'none'
  context.fillStyle = color
  switch (operation.kind) {
    case 'clear':
      context.clearRect(0, 0, width, height)
      return
    case 'fill':
      context.globalCompositeOperation = 'source-over'
      context.fillRect(0, 0, width, height)
      return
    case 'rectangle': {
      const { left, top, right, bottom } = operation
      context.globalCompositeOperation = 'source-over'
      context.fillRect(left, top, right - left, bottom - top)
      return
    }
    case 'invert':
      // Keeps the new colour exactly where nothing was.
      context.globalCompositeOperation = 'source-out'
      context.fillRect(0, 0, width, height)
      context.globalCompositeOperation = 'source-over'
      return
    case 'stroke':
      paintStroke(context, operation, color)
  }
}

function paintStroke(context: Context, stroke: Extract<MaskOperation, { kind: 'stroke' }>, color: string): void {
  const [first] = stroke.points
  if (first === undefined) return
  const blur = (stroke.size * stroke.softness) / 4
  context.globalCompositeOperation = stroke.isErasing ? 'destination-out' : 'source-over'
  context.filter = blur >= 0.5 ? `blur(${blur}px)` : 'none'
  context.strokeStyle = color
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.lineWidth = Math.max(1, stroke.size - blur * 2)
  context.beginPath()
  context.moveTo(first.x, first.y)
  // A line to itself makes a dot of a single point.
  for (const { x, y } of stroke.points.length === 1 ? [first] : stroke.points.slice(1)) context.lineTo(x, y)
  context.stroke()
  context.filter = 'none'
  context.globalCompositeOperation = 'source-over'
}

/** The mask as a PNG: white is painted anew, black is kept. */
export async function exportMask(width: number, height: number, operations: readonly MaskOperation[]): Promise<File> {
  const coverage = new OffscreenCanvas(width, height)
  const paint = coverage.getContext('2d')
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (paint === null || context === null) throw new Error('This browser cannot paint')
  paintMask(paint, operations, '#fff')
  context.fillStyle = '#000'
  context.fillRect(0, 0, width, height)
  context.drawImage(coverage, 0, 0)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return new File([blob], 'mask.png', { type: 'image/png' })
}
