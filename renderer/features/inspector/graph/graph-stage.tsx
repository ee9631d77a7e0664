import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import { svgFile } from '../../../charts/svg-file'
import { cx } from '../../../ui/cx'
import { download } from '../../../ui/download'
import { useElementSize } from '../../../ui/hooks'
import { Spinner } from '../../../ui/spinner'
import { useInspector, useOpened } from '../context'
import { fileStem } from '../export/file-stem'
import { hover, select, setOpen } from '../view-store'
import { shownId } from './box-words'
import { cameraTowards, firstCamera, fitCamera, seenArea, zoomCamera } from './graph-camera'
import { GraphControls } from './graph-controls'
import { GraphDrawing } from './graph-drawing'
import styles from './graph-view.module.css'
import type { PlacedLine } from './layout-group'
import { linesOf, waysThrough } from './lit-lines'
import { Minimap } from './minimap'
import { neighbourOf, type Direction } from './neighbour'
import { useCamera } from './use-camera'
import type { LaidOut } from './use-layout'

const nothing: ReadonlySet<PlacedLine> = new Set()
/** Below this scale words are left out. */
const farScale = 0.4
const zoomStep = 1.25
const directions: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

interface GraphStageProps {
  readonly laidOut: LaidOut
  readonly isBusy: boolean
}

/** The drawing under a camera: zoomed, panned, walked by arrow keys, folded and unfolded. */
export function GraphStage({ laidOut: { built, placed }, isBusy }: GraphStageProps) {
  const { view } = useInspector()
  const opened = useOpened()
  const element = useRef<HTMLDivElement>(null)
  const whole = useRef<SVGSVGElement>(null)
  const size = useElementSize(element)
  const { camera, setCamera, zoomBy, isPanning, onPointerDown } = useCamera(element, size)
  const [isWhole, setWhole] = useState(false)
  const [showsWays, setShowsWays] = useState(false)
  const selected = useStore(view, (state) => state.selected)
  const hovered = useStore(view, (state) => state.hovered)
  const selectedId = shownId(selected, built.contents, built.pathOf, opened)
  const hoveredId = shownId(hovered, built.contents, built.pathOf, opened)
  const content = selectedId === null ? undefined : built.contents.get(selectedId)
  const lit = litLines(placed, selectedId, showsWays)
  useFirstLook(opened.inspection.id, placed, size, setCamera)
  useSelectionInSight(selectedId, placed, size, setCamera)

  function pick(id: string): void {
    if (isPanning) return
    const { item, parts } = built.contents.get(id) ?? { item: null, parts: [] }
    select(view, item ?? parts[0] ?? null)
    element.current?.focus({ preventScroll: true })
  }

  function turn(id: string | null): void {
    const folded = id === null ? undefined : built.contents.get(id)
    if (id === null || folded === undefined || !folded.isFolded) return
    setOpen(view, 'openInGraph', id, !view.getState().openInGraph.has(id))
  }

  /** Folds the group around the selected box. */
  function foldAround(): void {
    if (selectedId === null) return
    const path = [...built.pathOf.values()].find((one) => one.includes(selectedId))
    const around = path?.[path.indexOf(selectedId) - 1]
    if (around === undefined) return
    setOpen(view, 'openInGraph', around, false)
    select(view, built.contents.get(around)?.item ?? null)
  }

  function exportSvg(): void {
    flushSync(() => setWhole(true))
    if (whole.current !== null) {
      download(`${fileStem(opened.inspection.name)}-graph.svg`, 'image/svg+xml', svgFile(whole.current))
    }
    setWhole(false)
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const direction = directions[event.key]
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => zoomBy(zoomStep),
      '=': () => zoomBy(zoomStep),
      '-': () => zoomBy(1 / zoomStep),
      '0': () => setCamera(fitCamera(placed, size)),
      Enter: () => turn(selectedId),
      ' ': () => turn(selectedId),
      Backspace: foldAround,
      t: () => setShowsWays(!showsWays),
    }
    const run = direction === undefined ? actions[event.key] : () => step(direction)
    if (run === undefined) return
    event.preventDefault()
    run()
  }

  function step(direction: Direction): void {
    const next = neighbourOf(placed, selectedId, direction)
    if (next !== null) pick(next)
  }

  const drawing = {
    built,
    placed,
    selectedId,
    hoveredId,
    lit,
    onPick: pick,
    onUnfold: turn,
    onHover: (id: string | null) => hover(view, id === null ? null : (built.contents.get(id)?.item ?? null)),
  }
  return (
    <div className={styles.wrap}>
      <div
        ref={element}
        className={cx(styles.stage, isPanning && styles.panning)}
        role="listbox"
        aria-label={`Graph of ${opened.inspection.name}`}
        aria-activedescendant={selectedId === null ? undefined : `box-${selectedId}`}
        tabIndex={0}
        data-region="graph"
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onClick={(event) => {
          if (!isPanning && event.target instanceof SVGSVGElement) select(view, null)
        }}
      >
        <svg className={styles.drawing} role="presentation">
          <g role="presentation" transform={`translate(${camera.x} ${camera.y}) scale(${camera.scale})`}>
            <GraphDrawing
              {...drawing}
              area={size.width === 0 ? null : seenArea(camera, size)}
              isFar={camera.scale < farScale}
            />
          </g>
        </svg>
        {isWhole ? (
          <svg ref={whole} className={styles.hidden} width={placed.width} height={placed.height} aria-hidden>
            <GraphDrawing {...drawing} selectedId={null} hoveredId={null} lit={nothing} area={null} isFar={false} />
          </svg>
        ) : null}
      </div>
      <Minimap placed={placed} camera={camera} stage={size} selectedId={selectedId} onMove={setCamera} />
      <GraphControls
        scale={camera.scale}
        fold={content?.isFolded === true ? (view.getState().openInGraph.has(content.id) ? 'fold' : 'unfold') : null}
        showsWays={showsWays}
        hasSelection={selectedId !== null}
        onZoom={(factor) => setCamera((old) => zoomCamera(old, factor, { x: size.width / 2, y: size.height / 2 }))}
        onFit={() => setCamera(fitCamera(placed, size))}
        onFold={() => turn(selectedId)}
        onWays={() => setShowsWays(!showsWays)}
        onExport={exportSvg}
      />
      {isBusy ? (
        <p role="status" className={styles.busy}>
          <Spinner /> Laying the graph out
        </p>
      ) : null}
    </div>
  )
}

function litLines(placed: Placed, id: string | null, showsWays: boolean): ReadonlySet<PlacedLine> {
  if (id === null) return nothing
  return showsWays ? waysThrough(placed, id) : linesOf(placed, id)
}

type SetCamera = ReturnType<typeof useCamera>['setCamera']
type Placed = LaidOut['placed']

/** A file that was just opened is shown from its top. */
function useFirstLook(
  file: string,
  placed: Placed,
  size: { readonly width: number; readonly height: number },
  setCamera: SetCamera,
): void {
  const seen = useRef<string | null>(null)
  useEffect(() => {
    if (size.width === 0 || seen.current === file) return
    seen.current = file
    const top = placed.boxes.toSorted((a, b) => a.y - b.y)[0] ?? null
    setCamera(firstCamera(placed, size, top))
  }, [file, placed, size, setCamera])
}

/** What is selected, here or elsewhere, comes into sight. */
function useSelectionInSight(
  id: string | null,
  placed: Placed,
  size: { readonly width: number; readonly height: number },
  setCamera: SetCamera,
): void {
  const latest = useRef({ size })
  useEffect(() => {
    latest.current = { size }
  })
  useEffect(() => {
    const box = id === null ? undefined : [...placed.boxes, ...placed.frames].find((one) => one.id === id)
    if (box === undefined || latest.current.size.width === 0) return
    setCamera((old) => cameraTowards(old, box, latest.current.size))
  }, [id, placed, setCamera])
}
