import { type PointerEvent } from 'react'
import { useStore } from 'zustand'
import type { Box, DetectionLayers } from '../../../../contract/detection'
import type { Size } from '../../../ui/viewport'
import { useDetect } from '../context'
import type { GridCell } from '../view-store'
import styles from './box-overlay.module.css'
import { project, type Projection } from './projection'

interface LayerMarksProps {
  readonly projection: Projection
  readonly picture: Size
}

/** What lies inside a two-stage detector: proposals, and the anchors of one cell. */
export function LayerMarks({ projection, picture }: LayerMarksProps) {
  const { layers, view } = useDetect()
  const found = useStore(layers, (state) => state.layers)
  const showsProposals = useStore(view, (state) => state.showsProposals)
  const showsAnchors = useStore(view, (state) => state.showsAnchors)
  if (found === null || (!showsProposals && !showsAnchors)) return null
  return (
    <svg className={styles.overlay} width="100%" height="100%">
      {showsAnchors ? <CellCatcher layers={found} projection={projection} picture={picture} /> : null}
      {showsProposals ? <Proposals layers={found} projection={projection} /> : null}
      {showsAnchors ? <Anchors layers={found} projection={projection} /> : null}
    </svg>
  )
}

function Proposals({ layers, projection }: { readonly layers: DetectionLayers; readonly projection: Projection }) {
  const { view } = useDetect()
  const most = useStore(view, (state) => state.proposals)
  const { boxes, scores } = layers.proposals
  const count = Math.min(most, scores.length)
  const rects = Array.from({ length: count }, (_, index) => {
    const at = 4 * index
    const box: Box = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!]
    const [left, top, right, bottom] = project(projection, box)
    return { x: left, y: top, width: right - left, height: bottom - top }
  })
  return (
    <>
      <g className={styles.proposalUnder}>
        {rects.map((rect, index) => (
          <rect key={index} {...rect} fill="none" strokeWidth={2} />
        ))}
      </g>
      {/* The better a proposal, the brighter. */}
      <g className={styles.proposals} role="img" aria-label={`${count} proposals`} data-proposals={count}>
        {rects.map((rect, index) => (
          <rect key={index} {...rect} strokeOpacity={1 - 0.75 * (index / Math.max(1, count))} />
        ))}
      </g>
    </>
  )
}

/** The cell under a point of the picture; null beside the grid. */
export function cellAt({ anchorCentre, grid }: DetectionLayers, x: number, y: number): GridCell | null {
  const column = Math.floor((x - anchorCentre.x) / anchorCentre.stepX + 0.5)
  const row = Math.floor((y - anchorCentre.y) / anchorCentre.stepY + 0.5)
  return column >= 0 && column < grid.columns && row >= 0 && row < grid.rows ? { column, row } : null
}

interface CellCatcherProps extends LayerMarksProps {
  readonly layers: DetectionLayers
}

/** Follows the pointer from cell to cell; a press pins the cell, another frees it. */
function CellCatcher({ layers, projection, picture }: CellCatcherProps) {
  const { view } = useDetect()
  function cellOf(event: PointerEvent<SVGRectElement>): GridCell | null {
    const box = event.currentTarget.getBoundingClientRect()
    return cellAt(layers, (event.clientX - box.left) / projection.scale, (event.clientY - box.top) / projection.scale)
  }
  const [left, top, right, bottom] = project(projection, [0, 0, picture.width, picture.height])
  return (
    <rect
      x={left}
      y={top}
      width={right - left}
      height={bottom - top}
      fill="transparent"
      style={{ pointerEvents: 'auto' }}
      onPointerMove={(event) => {
        if (!view.getState().isCellPinned) view.setState({ cell: cellOf(event) })
      }}
      onPointerLeave={() => {
        if (!view.getState().isCellPinned) view.setState({ cell: null })
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        const { isCellPinned } = view.getState()
        view.setState({ cell: cellOf(event), isCellPinned: !isCellPinned })
      }}
    />
  )
}

function Anchors({ layers, projection }: { readonly layers: DetectionLayers; readonly projection: Projection }) {
  const { view } = useDetect()
  const cell = useStore(view, (state) => state.cell)
  if (cell === null) return null
  const { x, y, stepX, stepY } = layers.anchorCentre
  const centre = { x: x + cell.column * stepX, y: y + cell.row * stepY }
  const boxes = layers.anchors.map(({ width, height }): Box =>
    project(projection, [centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2]),
  )
  const own = project(projection, [
    centre.x - stepX / 2,
    centre.y - stepY / 2,
    centre.x + stepX / 2,
    centre.y + stepY / 2,
  ])
  return (
    <g role="img" aria-label={`${boxes.length} anchors of column ${cell.column + 1}, row ${cell.row + 1}`}>
      {[styles.anchorUnder, styles.anchor].map((className) =>
        boxes.map(([left, top, right, bottom], index) => (
          <rect
            key={`${className} ${index}`}
            className={className}
            x={left}
            y={top}
            width={right - left}
            height={bottom - top}
          />
        )),
      )}
      <rect className={styles.cell} x={own[0]} y={own[1]} width={own[2] - own[0]} height={own[3] - own[1]} />
    </g>
  )
}
