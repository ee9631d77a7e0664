import { useMemo } from 'react'
import { useStore } from 'zustand'
import { ScoreHistogram } from '../../../charts/score-histogram'
import { groupDigits } from '../../../ui/format'
import { useDetect } from '../context'
import { hiddenSet } from '../boxes'
import { changeFilter } from '../form-store'
import { useShownBoxes } from '../selectors'
import { ObjectsTable } from './objects-table'
import styles from './objects-tab.module.css'
import { TimingsFoot } from './timings-foot'

/** Scores of all raw boxes, the boxes that are shown, and what finding them took. */
export function ObjectsTab() {
  const { stage } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  if (looked === null) return <p className={styles.none}>What is found in a picture is listed here.</p>
  return (
    <div className={styles.tab}>
      <Scores />
      <ObjectsTable />
      <TimingsFoot />
    </div>
  )
}

function Scores() {
  const { stage, form, view } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  const threshold = useStore(form, (state) => state.filter.score)
  const hiddenClasses = useStore(view, (state) => state.hiddenClasses)
  const soloClass = useStore(view, (state) => state.soloClass)
  const shown = useShownBoxes()
  const candidates = looked?.result.candidates
  const scores = useMemo(() => {
    if (candidates === undefined) return []
    const hidden = hiddenSet(candidates, hiddenClasses, soloClass)
    if (hidden.size === 0) return candidates.scores
    return candidates.scores.filter((_, index) => !hidden.has(candidates.classIds[index]!))
  }, [candidates, hiddenClasses, soloClass])
  if (candidates === undefined) return null
  return (
    <section className={styles.scores} aria-label="Scores">
      <header>
        <h2>Scores</h2>
        <span>{groupDigits(candidates.scores.length)} raw boxes, kept for re-use</span>
      </header>
      <ScoreHistogram
        scores={scores}
        shown={shown.map(({ candidate }) => candidates.scores[candidate]!)}
        threshold={threshold}
        onThreshold={(score) => changeFilter(form, { score })}
      />
    </section>
  )
}
