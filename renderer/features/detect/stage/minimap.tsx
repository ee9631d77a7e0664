import type { PointerEvent } from 'react'
import { clampPan, type Size } from '../../../ui/viewport'
import { useDetect } from '../context'
import styles from './minimap.module.css'
import type { Projection } from './projection'

interface MinimapProps {
  readonly url: string | null
  readonly picture: Size
  readonly stage: Size
  readonly projection: Projection
}

const longest = 160

/** The whole picture, small, with the part that the stage shows. A press goes there. */
export function Minimap({ url, picture, stage, projection }: MinimapProps) {
  const { view } = useDetect()
  const ratio = longest / Math.max(picture.width, picture.height)
  const size = { width: picture.width * ratio, height: picture.height * ratio }
  const seen = {
    left: Math.max(0, (-projection.x / projection.scale) * ratio),
    top: Math.max(0, (-projection.y / projection.scale) * ratio),
    right: Math.min(size.width, ((stage.width - projection.x) / projection.scale) * ratio),
    bottom: Math.min(size.height, ((stage.height - projection.y) / projection.scale) * ratio),
  }

  function go(event: PointerEvent<HTMLDivElement>): void {
    const box = event.currentTarget.getBoundingClientRect()
    const x = (event.clientX - box.left) / ratio - picture.width / 2
    const y = (event.clientY - box.top) / ratio - picture.height / 2
    const { scale } = projection
    view.setState({ viewport: clampPan({ scale, x: -x * scale, y: -y * scale }, picture, stage) })
  }

  return (
    <div
      className={styles.map}
      style={size}
      aria-hidden
      onPointerDown={(event) => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event)
      }}
    >
      {url === null ? null : <img src={url} alt="" draggable={false} />}
      <span
        style={{
          left: seen.left,
          top: seen.top,
          width: Math.max(2, seen.right - seen.left),
          height: Math.max(2, seen.bottom - seen.top),
        }}
      />
    </div>
  )
}
