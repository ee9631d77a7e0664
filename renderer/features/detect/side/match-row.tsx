import type { DetectedBox } from '../../../../contract/detection'
import { ClassSwatch } from '../source/class-swatch'
import styles from './compare-tab.module.css'

export interface Match {
  readonly name: string
  readonly classId: number
  readonly one: DetectedBox | null
  readonly two: DetectedBox | null
  readonly iou: number
}

interface MatchRowProps {
  readonly match: Match
  readonly onMark: (isOn: boolean) => void
  readonly onChoose: () => void
}

/** One thing, with the score that each gives it and how far their boxes agree. */
export function MatchRow({ match: { name, classId, one, two, iou }, onMark, onChoose }: MatchRowProps) {
  return (
    <li>
      <button
        type="button"
        className={styles.row}
        onPointerEnter={() => onMark(true)}
        onPointerLeave={() => onMark(false)}
        onFocus={() => onMark(true)}
        onBlur={() => onMark(false)}
        onClick={onChoose}
      >
        <ClassSwatch classId={classId} isSmall />
        <span className={styles.name}>{name}</span>
        <span>{one?.score.toFixed(2) ?? '–'}</span>
        <span>{two?.score.toFixed(2) ?? '–'}</span>
        <span className={styles.iou}>{one !== null && two !== null ? `IoU ${iou.toFixed(2)}` : ''}</span>
      </button>
    </li>
  )
}
