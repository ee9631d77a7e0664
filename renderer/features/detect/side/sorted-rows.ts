import type { DetectedBox } from '../../../../contract/detection'
import type { SortKey, ViewState } from '../view-store'

const numbers: Readonly<Record<Exclude<SortKey, 'class'>, (one: DetectedBox) => number>> = {
  score: ({ score }) => score,
  x: ({ box }) => box[0],
  y: ({ box }) => box[1],
  width: ({ box }) => box[2] - box[0],
  height: ({ box }) => box[3] - box[1],
}

/** The boxes in the order that the table was asked for; equals keep the order of their scores. */
export function sortedRows(
  boxes: readonly DetectedBox[],
  { key, isDown }: ViewState['sort'],
  nameOf: (classId: number) => string,
): readonly DetectedBox[] {
  const turn = isDown ? -1 : 1
  if (key === 'class') {
    return [...boxes].sort((a, b) => turn * nameOf(a.classId).localeCompare(nameOf(b.classId)))
  }
  const read = numbers[key]
  return [...boxes].sort((a, b) => turn * (read(a) - read(b)))
}
