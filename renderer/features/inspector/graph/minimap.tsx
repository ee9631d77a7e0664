import type { PointerEvent } from 'react'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import type { Camera, Extent } from './graph-camera'
import type { PlacedGraph } from './layout-group'
import styles from './minimap.module.css'

interface MinimapProps {
  readonly placed: PlacedGraph
  readonly camera: Camera
  readonly stage: Extent
  readonly selectedId: string | null
  readonly onMove: (camera: Camera) => void
}

const most = { width: 96, height: 160 }

/** The whole graph, small, with what is in sight; a press goes there. */
export function Minimap({ placed, camera, stage, selectedId, onMove }: MinimapProps) {
  const scale = Math.min(most.width / placed.width, most.height / placed.height)
  const width = Math.max(24, placed.width * scale)
  const height = Math.max(24, placed.height * scale)

  function goTo(event: PointerEvent<SVGSVGElement>): void {
    if (event.buttons !== 1) return
    const box = event.currentTarget.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * placed.width
    const y = ((event.clientY - box.top) / box.height) * placed.height
    onMove({ scale: camera.scale, x: stage.width / 2 - x * camera.scale, y: stage.height / 2 - y * camera.scale })
  }

  return (
    <div className={cx(shared.float, styles.map)} aria-hidden>
      <svg
        width={width}
        height={height}
        viewBox={`0 0 ${placed.width} ${placed.height}`}
        preserveAspectRatio="none"
        onPointerDown={(event) => {
          event.stopPropagation()
          event.currentTarget.setPointerCapture(event.pointerId)
          goTo(event)
        }}
        onPointerMove={goTo}
      >
        {placed.boxes.map(({ id, ...box }) => (
          <rect key={id} className={cx(styles.box, id === selectedId && styles.on)} {...box} rx={8} />
        ))}
        <rect
          className={styles.seen}
          x={-camera.x / camera.scale}
          y={-camera.y / camera.scale}
          width={stage.width / camera.scale}
          height={stage.height / camera.scale}
        />
      </svg>
    </div>
  )
}
