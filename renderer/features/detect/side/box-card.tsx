import { useMemo } from 'react'
import { useStore } from 'zustand'
import { intersectionOverUnion, boxOf } from '../../../../contract/detection-boxes'
import { useDetect } from '../context'
import { classNamer, useFactsOnStage, useShownBoxes } from '../selectors'
import styles from './objects-table.module.css'

/** Raw boxes that overlap this much are taken for the same thing, seen as another class. */
const sameThing = 0.6
const most = 3

/** What else the chosen box might be: other classes that the detector had for the same place. */
export function BoxCard() {
  const { view, stage } = useDetect()
  const selected = useStore(view, (state) => state.selected)
  const candidates = useStore(stage, (state) => state.looked?.result.candidates)
  const chosen = useShownBoxes().find(({ candidate }) => candidate === selected)
  const facts = useFactsOnStage()
  const others = useMemo(() => {
    if (chosen === undefined || candidates === undefined) return []
    const best = new Map<number, number>()
    candidates.classIds.forEach((classId, index) => {
      const score = candidates.scores[index]!
      if (classId === chosen.classId || score <= (best.get(classId) ?? 0)) return
      if (intersectionOverUnion(boxOf(candidates, index), chosen.box) >= sameThing) best.set(classId, score)
    })
    return [...best].sort(([, a], [, b]) => b - a).slice(0, most)
  }, [chosen, candidates])
  if (chosen === undefined) return null
  const nameOf = classNamer(facts)
  return (
    <p className={styles.card}>
      <b>{nameOf(chosen.classId)}</b> {chosen.score.toFixed(3)}
      <span>
        {others.length === 0
          ? 'no other class scores here'
          : `also ${others.map(([classId, score]) => `${nameOf(classId)} ${score.toFixed(2)}`).join(', ')}`}
      </span>
    </p>
  )
}
