import { useEffect, useRef, type CSSProperties } from 'react'
import type { DetectionLayers } from '../../../../contract/detection'
import { rampPixels } from '../model/ramp'

interface AttentionCanvasProps {
  readonly layers: DetectionLayers
  readonly className?: string | undefined
  readonly style?: CSSProperties
}

/** The attention map, one pixel a cell; its size on the page is the style's matter. */
export function AttentionCanvas({ layers, className, style }: AttentionCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { attention, grid } = layers
  useEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(rampPixels(attention, grid.columns, grid.rows), 0, 0)
  }, [attention, grid])
  return <canvas ref={canvas} width={grid.columns} height={grid.rows} className={className} style={style} aria-hidden />
}
