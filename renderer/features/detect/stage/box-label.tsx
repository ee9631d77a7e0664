import { memo } from 'react'
import { useStore } from 'zustand'
import type { JudgedBox } from '../../../../contract/detection-metrics'
import { useDetect } from '../context'
import { classStyle } from '../model/class-style'
import { setMark } from '../view-store'
import styles from './box-overlay.module.css'
import type { LabelText } from './label-text'
import { labelHeight } from './place-labels'
import { VerdictIcon } from './verdict-icon'

interface BoxLabelProps {
  readonly candidate: number
  readonly classId: number
  readonly place: { readonly x: number; readonly y: number }
  readonly width: number
  readonly text: LabelText
  readonly verdict: JudgedBox['verdict'] | null
}

/** What a box is called, on a dark ground that shows on any photo. */
export const BoxLabel = memo(function BoxLabel(props: BoxLabelProps) {
  const { candidate, classId, place, width, text, verdict } = props
  const { view } = useDetect()
  const isDim = useStore(view, ({ mark }) => mark?.kind === 'class' && mark.classId !== classId)
  const left = verdict === null ? 9 : 22
  return (
    <g
      className={styles.label}
      transform={`translate(${Math.round(place.x)}, ${Math.round(place.y)})`}
      data-heat={isDim ? 'dim' : undefined}
      onPointerEnter={() => setMark(view, { kind: 'box', candidate })}
      onPointerLeave={() => setMark(view, null)}
      onClick={() => view.setState({ selected: candidate })}
    >
      <rect className={styles.ground} width={width} height={labelHeight} rx={3} />
      <rect width={3} height={labelHeight} rx={1.5} style={{ fill: classStyle(classId).color }} />
      {verdict === null ? null : <VerdictIcon verdict={verdict} x={8} y={4} />}
      <text x={left} y={13} className={styles.name}>
        {text.name}
      </text>
      {text.score === '' ? null : (
        <text x={width - 7} y={13} className={styles.score}>
          {text.score}
        </text>
      )}
    </g>
  )
})
