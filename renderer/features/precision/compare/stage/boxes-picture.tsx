import { useStore } from 'zustand'
import type { CSSProperties } from 'react'
import type { ComparedBox, ComparedBoxes } from '../../../../../contract/precision-results'
import { usePrecision } from '../../context'
import styles from './boxes-picture.module.css'

interface BoxesPictureProps {
  readonly url: string
  /** Null until it was measured: the picture stands alone. */
  readonly own: ComparedBoxes | null
  /** Whose boxes may be lost here; null for the reference itself. */
  readonly reference: ComparedBoxes | null
  /** The column whose matches are listed, so that the pointed-at row lights up here; null where it is another's. */
  readonly listed: ComparedBoxes | null
  /** Which side of those matches these boxes are. */
  readonly side: 'reference' | 'own'
}

/** A picture with the boxes that one precision finds. */
export function BoxesPicture({ url, own, reference, listed, side }: BoxesPictureProps) {
  const { view } = usePrecision()
  const match = useStore(view, (state) => state.match)
  const pair = match === null ? undefined : listed?.matches[match]
  const marks = own === null ? [] : marksOf(own, reference)
  return (
    <span
      className={styles.frame}
      style={{ '--shape': own === null ? 'auto' : own.width / own.height } as CSSProperties}
      data-bare={own === null || undefined}
    >
      <img src={url} alt="" className={styles.image} draggable={false} />
      {own === null ? null : (
        <svg viewBox={`0 0 ${own.width} ${own.height}`} className={styles.boxes} aria-hidden>
          {marks.map((mark, index) => (
            <BoxMark
              key={index}
              {...mark}
              unit={Math.max(own.width, own.height) / 100}
              isLit={
                pair !== undefined &&
                (mark.kind === 'lost' || side === 'reference' ? pair.reference === mark.place : pair.own === mark.place)
              }
              isDim={pair !== undefined}
            />
          ))}
        </svg>
      )}
    </span>
  )
}

interface Mark {
  readonly kind: 'same' | 'lost' | 'more'
  /** In its own side's list of boxes. */
  readonly place: number
  readonly one: ComparedBox
}

/** Own boxes, those that came marked, and the reference's that are lost. */
function marksOf(own: ComparedBoxes, reference: ComparedBoxes | null): readonly Mark[] {
  const came = new Set(own.matches.flatMap((match) => (match.reference === null ? [match.own] : [])))
  const kindOf = (place: number) => (reference !== null && came.has(place) ? 'more' : 'same')
  const lost = own.matches.flatMap((match): Mark[] => {
    const place = match.own === null ? match.reference : null
    const one = place === null ? undefined : reference?.boxes[place]
    return place === null || one === undefined ? [] : [{ kind: 'lost', place, one }]
  })
  return [...own.boxes.map((one, place): Mark => ({ kind: kindOf(place), place, one })), ...lost]
}

interface BoxMarkProps extends Mark {
  /** A hundredth of the picture's longer side. */
  readonly unit: number
  readonly isLit: boolean
  readonly isDim: boolean
}

function BoxMark({ one, kind, unit, isLit, isDim }: BoxMarkProps) {
  const [left, top, right, bottom] = one.box
  const area = { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) }
  const words = isLit ? `${one.label} ${one.score.toFixed(2)}` : one.label
  const height = 4.2 * unit
  return (
    <g data-kind={kind} data-lit={isLit || undefined} data-dim={(isDim && !isLit) || undefined}>
      <rect {...area} className={styles.under} vectorEffect="non-scaling-stroke" />
      <rect {...area} className={styles.line} vectorEffect="non-scaling-stroke" />
      {kind === 'same' && !isLit ? null : (
        <g transform={`translate(${left}, ${Math.max(height, top)})`}>
          <rect y={-height} width={(words.length * 1.75 + 1.6) * unit} height={height} className={styles.ground} />
          <text x={0.8 * unit} y={-1.15 * unit} fontSize={3.1 * unit} className={styles.words}>
            {words}
          </text>
        </g>
      )}
    </g>
  )
}
