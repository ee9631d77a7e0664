import { announce } from '../../ui/live-region'
import type { DetectFeature } from './feature'
import { classNamer, factsOnStage } from './selectors'
import { sortedRows } from './side/sorted-rows'

/** Chooses the next or the previous box in the order of the table. */
export function walkBoxes(feature: DetectFeature, direction: 1 | -1): void {
  const { boxes, view } = feature
  const { selected, sort } = view.getState()
  const nameOf = classNamer(factsOnStage(feature))
  const rows = sortedRows(boxes.shown(), sort, nameOf)
  if (rows.length === 0) return
  const current = rows.findIndex(({ candidate }) => candidate === selected)
  const place = current < 0 ? (direction === 1 ? 0 : rows.length - 1) : current + direction
  const next = rows[Math.max(0, Math.min(rows.length - 1, place))]!
  view.setState({ selected: next.candidate })
  announce(`${nameOf(next.classId)}, ${next.score.toFixed(2)}`)
}
