import type { DetectedBox } from '../../../../contract/detection'
import type { LabelDensity } from '../form-store'

export interface LabelText {
  readonly name: string
  /** Two decimals; empty where it is not asked for. */
  readonly score: string
  readonly whole: string
}

/** What is written on a box. */
export function labelText(
  { classId, score }: DetectedBox,
  density: LabelDensity,
  nameOf: (classId: number) => string,
): LabelText {
  const name = nameOf(classId)
  const figure = density === 'score' ? score.toFixed(2) : ''
  return { name, score: figure, whole: figure === '' ? name : `${name} ${figure}` }
}
