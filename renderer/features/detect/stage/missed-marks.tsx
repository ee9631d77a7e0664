import { useStore } from 'zustand'
import { useDetect } from '../context'
import type { Judged } from '../truth'
import styles from './box-overlay.module.css'
import { labelHeight } from './place-labels'
import { project, type Projection } from './projection'
import { textWidth } from './text-width'
import { VerdictIcon } from './verdict-icon'

interface MissedMarksProps {
  readonly projection: Projection
  readonly judged: Judged | null
}

/** Labels that no box has found: dashed, with an empty ring. */
export function MissedMarks({ projection, judged }: MissedMarksProps) {
  const { view } = useDetect()
  const marked = useStore(view, ({ mark }) => (mark?.kind === 'label' ? mark.label : null))
  if (judged === null) return null
  return judged.missed.map((place) => {
    const label = judged.labels[place]
    if (label === undefined) return null
    const [left, top, right, bottom] = project(projection, label.box)
    const words = `missed ${label.className}`
    const rect = { x: left, y: top, width: right - left, height: bottom - top, rx: 2 }
    return (
      <g key={place} className={styles.missed} data-heat={marked === place ? 'hot' : 'cold'}>
        <rect {...rect} className={styles.black} />
        <rect {...rect} className={styles.missedLine} />
        <g transform={`translate(${Math.round(left)}, ${Math.round(bottom - labelHeight)})`}>
          <rect className={styles.ground} width={textWidth(words) + 30} height={labelHeight} rx={3} />
          <VerdictIcon verdict="missed" x={7} y={4} />
          <text x={22} y={13} className={styles.name}>
            {words}
          </text>
        </g>
      </g>
    )
  })
}
