import { useMemo } from 'react'
import { useStore } from 'zustand'
import { comparedBoxes, type ComparedBoxes } from '../compare'
import { useDetect } from '../context'
import { useShownBoxes } from '../selectors'

/** Both models' boxes and how they pair; null while there is nothing to compare. */
export function useCompared(): ComparedBoxes | null {
  const feature = useDetect()
  const boxes = useShownBoxes()
  const compare = useStore(feature.compare)
  const filter = useStore(feature.form, (state) => state.filter)
  const hidden = useStore(feature.view, (state) => state.hiddenClasses)
  const solo = useStore(feature.view, (state) => state.soloClass)
  return useMemo(
    () => comparedBoxes(feature),
    // Everything that it reads from the stores.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [feature, boxes, compare, filter, hidden, solo],
  )
}
