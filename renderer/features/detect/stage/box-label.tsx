import { memo } from 'react'
import { useStore } from 'zustand'
import type { JudgedBox } from '../../../../contract/detection-metrics'
import { useDetect } from '../context'
import { classStyle } from '../model/class-style'
import { setMark } from '../view-store'
import styles from './box-overlay.module.css'
import { labelHeight } from './place-labels'
import { VerdictIcon } from './verdict-icon'

interface BoxLabelProps {
  readonly candidate: number
  readonly classId: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly name: string
  /** Empty where it is not asked for. */
  readonly score: string
  readonly verdict: JudgedBox['verdict'] | null
}

/** What a box is called, on a dark ground that shows on any photo. */
export const BoxLabel = memo(function BoxLabel(props: BoxLabelProps) {
  const { candidate, classId, x, y, width, name, score, verdict } = props
  const { view } = useDetect()
  const isDim = useStore(view, ({ mark }) => mark?.kind === 'class' && mark.classId !== classId)
  const left = verdict === null ? 9 : 22
  return (
    <g
      className={styles.label}
      transform={`translate(${Math.round(x)}, ${Math.round(y)})`}
      data-heat={isDim ? 'dim' : undefined}
      onPointerEnter={() => setMark(view, { kind: 'box', candidate })}
      onPointerLeave={() => setMark(view, null)}
      onClick={() => view.setState({ selected: candidate })}
    >
      <rect className={styles.ground} width={width} height={labelHeight} rx={3} />
      <rect width={3} height={labelHeight} rx={1.5} style={{ fill: classStyle(classId).color }} />
      {verdict === null ? null : <VerdictIcon verdict={verdict} x={8} y={4} />}
      <text x={left} y={13} className={styles.name}>
        {name}
      </text>
      {score === '' ? null : (
        <text x={width - 7} y={13} className={styles.score}>
          {score}
        </text>
      )}
    </g>
  )
})
