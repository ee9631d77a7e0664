import { filterCandidates } from '../../../contract/detection-boxes'
import type { Candidates, DetectedBox, DetectionFilter } from '../../../contract/detection'
import type { FormStore } from './form-store'
import type { StageStore } from './stage-store'
import type { ViewState, ViewStore } from './view-store'

/** What passes the sliders, worked out once for each change, whoever asks. */
export interface Boxes {
  /** Of all classes, hidden ones too: what the list of classes counts. */
  all(): readonly DetectedBox[]
  /** What is drawn, listed and exported. */
  shown(): readonly DetectedBox[]
}

const none: readonly DetectedBox[] = []

export function createBoxes(stage: StageStore, form: FormStore, view: ViewStore): Boxes {
  const same = createSameBoxes()
  const filter = (candidates: Candidates, by: DetectionFilter, hidden: ReadonlySet<number>) =>
    same(candidates, filterCandidates(candidates, by, hidden))
  const filterAll = remembered(filter)
  const filterShown = remembered(filter)
  const hiddenOf = remembered(hiddenSet)
  const nothingHidden: ReadonlySet<number> = new Set()

  function all(): readonly DetectedBox[] {
    const { looked } = stage.getState()
    if (looked === null) return none
    return filterAll(looked.result.candidates, form.getState().filter, nothingHidden)
  }

  return {
    all,
    shown() {
      const { looked } = stage.getState()
      if (looked === null) return none
      const { hiddenClasses, soloClass } = view.getState()
      if (hiddenClasses.size === 0 && soloClass === null) return all()
      const { candidates } = looked.result
      return filterShown(candidates, form.getState().filter, hiddenOf(candidates, hiddenClasses, soloClass))
    },
  }
}

/** Classes that take no part: those that were hidden, or all but the one that stands alone. */
export function hiddenSet(
  { classIds }: Candidates,
  hiddenClasses: ViewState['hiddenClasses'],
  soloClass: ViewState['soloClass'],
): ReadonlySet<number> {
  if (soloClass === null) return hiddenClasses
  return new Set(classIds.filter((classId) => classId !== soloClass))
}

/** The filter of a picture that is not on the stage: the sliders, and what is hidden. */
export function filterOther(
  candidates: Candidates,
  filter: DetectionFilter,
  { hiddenClasses, soloClass }: Pick<ViewState, 'hiddenClasses' | 'soloClass'>,
): readonly DetectedBox[] {
  return filterCandidates(candidates, filter, hiddenSet(candidates, hiddenClasses, soloClass))
}

/** Gives a box that passes again as the same object, so that only boxes that come or go are drawn anew. */
function createSameBoxes(): (candidates: Candidates, boxes: readonly DetectedBox[]) => readonly DetectedBox[] {
  let owner: Candidates | null = null
  let known = new Map<number, DetectedBox>()
  return (candidates, boxes) => {
    if (owner !== candidates) {
      owner = candidates
      known = new Map()
    }
    return boxes.map((box) => {
      const old = known.get(box.candidate)
      if (old?.score === box.score) return old
      known.set(box.candidate, box)
      return box
    })
  }
}

/** The last answer, for as long as the arguments stay the same. */
function remembered<Arguments extends readonly unknown[], Answer>(
  ask: (...args: Arguments) => Answer,
): (...args: Arguments) => Answer {
  let last: { readonly args: Arguments; readonly answer: Answer } | null = null
  return (...args) => {
    if (last?.args.every((arg, index) => arg === args[index]) !== true) last = { args, answer: ask(...args) }
    return last.answer
  }
}
