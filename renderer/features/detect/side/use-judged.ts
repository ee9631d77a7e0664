import { useMemo } from 'react'
import { useStore } from 'zustand'
import { useDetect } from '../context'
import { useFactsOnStage, useShownBoxes } from '../selectors'
import { judgedBoxes, type Judged } from '../truth'

/** What the labels say of the boxes on the stage; null where there are none, or they are not to be seen. */
export function useJudged(): Judged | null {
  const feature = useDetect()
  const boxes = useShownBoxes()
  const facts = useFactsOnStage()
  const picture = useStore(feature.stage, (state) => state.picture)
  const truth = useStore(feature.truth)
  return useMemo(
    () => (truth.isShown ? judgedBoxes(feature) : null),
    // Everything that it reads from the stores.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [feature, boxes, facts, picture, truth],
  )
}
