import { memo } from 'react'
import { useStore } from 'zustand'
import type { Box } from '../../../../contract/detection'
import type { JudgedBox } from '../../../../contract/detection-metrics'
import { useDetect } from '../context'
import { classStyle, dashArray } from '../model/class-style'
import { setMark } from '../view-store'
import styles from './box-overlay.module.css'

interface BoxMarkProps {
  readonly candidate: number
  readonly classId: number
  /** Sides in the pixels of the stage. Numbers, so that a box that stays is not drawn again. */
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly verdict: JudgedBox['verdict'] | null
  readonly isSelected: boolean
}

/** One box: black, white and its colour over each other, so that it shows on any photo. */
export const BoxMark = memo(function BoxMark(props: BoxMarkProps) {
  const { candidate, classId, left, top, right, bottom, verdict, isSelected } = props
  const { view } = useDetect()
  const heat = useStore(view, ({ mark }) => heatOf(mark, candidate, classId))
  const { color, dash } = classStyle(classId)
  const rect = {
    x: left,
    y: top,
    width: Math.max(1, right - left),
    height: Math.max(1, bottom - top),
    rx: 2,
  }
  return (
    <g
      className={styles.box}
      style={{ color }}
      data-heat={heat}
      data-selected={isSelected || undefined}
      data-verdict={verdict ?? undefined}
      data-candidate={candidate}
      onPointerEnter={() => setMark(view, { kind: 'box', candidate })}
      onPointerLeave={() => setMark(view, null)}
      onClick={() => view.setState({ selected: isSelected ? null : candidate })}
    >
      <rect {...rect} className={styles.black} />
      <rect {...rect} className={styles.white} />
      <rect {...rect} className={styles.line} strokeDasharray={dashArray(dash)} />
      {isSelected ? <Corners box={[left, top, right, bottom]} /> : null}
    </g>
  )
})

type Heat = 'cold' | 'hot' | 'dim'

function heatOf(
  mark: ReturnType<ReturnType<typeof useDetect>['view']['getState']>['mark'],
  candidate: number,
  classId: number,
): Heat {
  if (mark === null) return 'cold'
  if (mark.kind === 'box') return mark.candidate === candidate ? 'hot' : 'cold'
  if (mark.kind === 'class') return mark.classId === classId ? 'hot' : 'dim'
  return 'dim'
}

/** Brackets at the corners of the chosen box. */
function Corners({ box: [left, top, right, bottom] }: { readonly box: Box }) {
  const arm = Math.max(4, Math.min(12, (right - left) / 3, (bottom - top) / 3))
  const path = [
    `M${left} ${top + arm}V${top}H${left + arm}`,
    `M${right - arm} ${top}H${right}V${top + arm}`,
    `M${right} ${bottom - arm}V${bottom}H${right - arm}`,
    `M${left + arm} ${bottom}H${left}V${bottom - arm}`,
  ].join('')
  return (
    <>
      <path d={path} className={styles.cornerUnder} />
      <path d={path} className={styles.corner} />
    </>
  )
}
