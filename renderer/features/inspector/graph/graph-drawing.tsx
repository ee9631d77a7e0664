import { memo, useMemo } from 'react'
import { useStore } from 'zustand'
import { cx } from '../../../ui/cx'
import { useInspector, useOpened, type Opened } from '../context'
import type { Metric } from '../model/costs'
import { boxWords } from './box-words'
import type { BoxContent, BuiltGraph } from './build-group'
import { overlaps, type Area } from './graph-camera'
import styles from './graph-drawing.module.css'
import type { PlacedBox, PlacedGraph, PlacedLine } from './layout-group'

interface GraphDrawingProps {
  readonly built: BuiltGraph
  readonly placed: PlacedGraph
  /** Only what lies in it is drawn; null draws everything. */
  readonly area: Area | null
  readonly selectedId: string | null
  readonly hoveredId: string | null
  readonly lit: ReadonlySet<PlacedLine>
  /** Words are left out where they could not be read anyway. */
  readonly isFar: boolean
  readonly onPick: (id: string) => void
  readonly onUnfold: (id: string) => void
  readonly onHover: (id: string | null) => void
}

/** The boxes, the groups around them and the lines between them, as far as they are in sight. */
export function GraphDrawing(props: GraphDrawingProps) {
  const { built, placed, area, selectedId, hoveredId, lit, isFar, onPick, onUnfold, onHover } = props
  const { view } = useInspector()
  const opened = useOpened()
  const metric = useStore(view, (state) => state.metric)
  const { counts } = opened
  const most = useMemo(() => largest(placed, built, opened, metric), [placed, built, opened, metric])
  const isSeen = (one: Area) => area === null || overlaps(one, area)
  const lines = useMemo(() => placed.lines.map((line) => ({ line, box: boundsOf(line), path: pathOf(line) })), [placed])
  const shown = lines.filter(({ box }) => isSeen(box))

  function boxProps(box: PlacedBox, content: BoxContent) {
    const words = boxWords(content, opened, counts, metric)
    return {
      box,
      kind: content.kind,
      isFolded: content.isFolded,
      ...words,
      share: words.value === null || most === 0 ? null : words.value / most,
      isSelected: box.id === selectedId,
      isHovered: box.id === hoveredId,
      isFar,
      onPick,
      onUnfold,
      onHover,
    }
  }

  return (
    <>
      <defs>
        <marker id="line-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0L8 4L0 8Z" fill="var(--chart-2)" />
        </marker>
        <marker id="lit-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
          <path d="M0 0L8 4L0 8Z" fill="var(--accent)" />
        </marker>
      </defs>
      {placed.frames.filter(isSeen).map((frame) => {
        const content = built.contents.get(frame.id)
        return content === undefined ? null : <Frame key={frame.id} {...boxProps(frame, content)} />
      })}
      <g className={styles.lines} aria-hidden>
        {shown.map(({ line, path }, at) =>
          lit.has(line) ? null : (
            <path key={at} d={path} markerEnd={line.to.endsWith(' out') ? undefined : 'url(#line-end)'} />
          ),
        )}
      </g>
      <g className={styles.lit} aria-hidden>
        {shown.map(({ line, path }, at) =>
          lit.has(line) ? (
            <path key={at} d={path} markerEnd={line.to.endsWith(' out') ? undefined : 'url(#lit-end)'} />
          ) : null,
        )}
      </g>
      {placed.boxes.filter(isSeen).map((box) => {
        const content = built.contents.get(box.id)
        return content === undefined ? null : <Box key={box.id} {...boxProps(box, content)} />
      })}
    </>
  )
}

interface BoxProps {
  readonly box: PlacedBox
  readonly kind: BoxContent['kind']
  readonly isFolded: boolean
  readonly title: string
  readonly detail: string
  readonly figure: string
  /** Of the largest in sight, 0 to 1; null where the figure is not known. */
  readonly share: number | null
  readonly isSelected: boolean
  readonly isHovered: boolean
  readonly isFar: boolean
  readonly onPick: (id: string) => void
  readonly onUnfold: (id: string) => void
  readonly onHover: (id: string | null) => void
}

const pad = 12

const Box = memo(function Box(props: BoxProps) {
  const { box, kind, isFolded, title, detail, figure, share, isSelected, isHovered, isFar, onPick, onUnfold, onHover } =
    props
  const { x, y, width, height } = box
  const isEnd = kind === 'input' || kind === 'output'
  const isSmall = height < 34
  const barWidth = width - 2 * pad
  return (
    <g
      id={`box-${box.id}`}
      role="option"
      aria-selected={isSelected}
      aria-label={[title, detail, figure].filter(Boolean).join(', ')}
      className={cx(styles.box, isEnd && styles.end)}
      data-hovered={isHovered || undefined}
      transform={`translate(${x} ${y})`}
      onClick={() => onPick(box.id)}
      onDoubleClick={() => onUnfold(box.id)}
      onPointerEnter={() => onHover(box.id)}
      onPointerLeave={() => onHover(null)}
    >
      {isFolded ? <rect className={styles.behind} x={3.5} y={3.5} width={width} height={height} rx={8} /> : null}
      <rect
        className={styles.face}
        x={0.5}
        y={0.5}
        width={width - 1}
        height={height - 1}
        rx={isEnd || isSmall ? height / 2 : 8}
      />
      {isFar ? null : isEnd ? (
        <text x={width / 2} y={height / 2 + 4} textAnchor="middle">
          <tspan className={styles.title}>{cut(title, (width - 24) * 0.5)}</tspan>
          <tspan dx={6}>{cut(detail, (width - 24) * 0.52)}</tspan>
        </text>
      ) : isSmall ? (
        <text className={styles.small} x={width / 2} y={height / 2 + 4} textAnchor="middle">
          {cut(title, width - 20)}
        </text>
      ) : (
        <>
          <text className={styles.title} x={pad} y={20}>
            {cut(title, width - 2 * pad - 6.4 * figure.length - 10)}
          </text>
          <text className={styles.figure} x={width - pad} y={20} textAnchor="end">
            {figure}
          </text>
          <text x={pad} y={35}>
            {cut(detail, width - 2 * pad)}
          </text>
        </>
      )}
      {isEnd || isSmall ? null : (
        <>
          <rect className={styles.track} x={pad} y={43} width={barWidth} height={3} rx={1.5} />
          {share === null || share === 0 ? null : (
            <rect
              className={styles.bar}
              x={pad}
              y={43}
              width={Math.max(1.5, barWidth * Math.min(1, share))}
              height={3}
              rx={1.5}
            />
          )}
        </>
      )}
    </g>
  )
})

const Frame = memo(function Frame(props: BoxProps) {
  const { box, title, figure, isSelected, isHovered, isFar, onPick, onUnfold, onHover } = props
  const { x, y, width, height } = box
  return (
    <g
      id={`box-${box.id}`}
      role="option"
      aria-selected={isSelected}
      aria-label={`${title}, unfolded, ${figure}`}
      className={styles.frame}
      data-hovered={isHovered || undefined}
      transform={`translate(${x} ${y})`}
      onClick={() => onPick(box.id)}
      onDoubleClick={() => onUnfold(box.id)}
      onPointerEnter={() => onHover(box.id)}
      onPointerLeave={() => onHover(null)}
    >
      <rect className={styles.outline} x={0.5} y={0.5} width={width - 1} height={height - 1} rx={10} />
      {isFar ? null : (
        <text className={styles.frameTitle} x={12} y={20}>
          {cut(title, width / 2 - 24)}
        </text>
      )}
    </g>
  )
})

/** As much of a text as fits: twelve-pixel Inter is some 6.3 pixels wide a letter. */
function cut(text: string, width: number): string {
  const most = Math.floor(width / 6.3)
  if (text.length <= most) return text
  return most < 2 ? '' : `${text.slice(0, most - 1)}…`
}

/** The largest figure of a drawn box: what the bars are measured against. */
function largest(placed: PlacedGraph, built: BuiltGraph, opened: Opened, metric: Metric): number {
  return placed.boxes.reduce((most, { id }) => {
    const content = built.contents.get(id)
    return content === undefined ? most : Math.max(most, boxWords(content, opened, null, metric).value ?? 0)
  }, 0)
}

function boundsOf({ points }: PlacedLine): Area {
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  const x = Math.min(...xs)
  const y = Math.min(...ys)
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 }
}

/** A line that leaves and arrives upright. */
function pathOf({ points }: PlacedLine): string {
  const [first, ...others] = points
  if (first === undefined) return ''
  let { x, y } = first
  let path = `M${round(x)} ${round(y)}`
  for (const next of others) {
    const middle = round((y + next.y) / 2)
    path +=
      Math.abs(next.x - x) < 0.5
        ? `L${round(next.x)} ${round(next.y)}`
        : `C${round(x)} ${middle} ${round(next.x)} ${middle} ${round(next.x)} ${round(next.y)}`
    ;({ x, y } = next)
  }
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
