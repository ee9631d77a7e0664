import { useStore } from 'zustand'
import type { Candidates } from '../../../../contract/detection'
import { Button } from '../../../ui/button'
import { useDetect } from '../context'
import { changeFilter } from '../form-store'
import { classNamer, useAllBoxes, useFactsOnStage, useShownBoxes } from '../selectors'
import { showAllClasses } from '../view-store'
import styles from './stage-notes.module.css'

/** Where nothing passes the sliders: what the best would have been, and the way to see it. */
export function NothingFound() {
  const { form, view, stage } = useDetect()
  const looked = useStore(stage, (state) => state.looked)
  const score = useStore(form, (state) => state.filter.score)
  const soloClass = useStore(view, (state) => state.soloClass)
  const all = useAllBoxes()
  const shown = useShownBoxes()
  const facts = useFactsOnStage()
  if (looked === null || shown.length > 0) return null
  if (all.length > 0) {
    return (
      <Note
        text={
          soloClass === null
            ? `${all.length === 1 ? 'The one object' : `All ${all.length} objects`} found ${all.length === 1 ? 'is' : 'are'} of hidden classes`
            : `No ${classNamer(facts)(soloClass)} above ${score.toFixed(2)}`
        }
        action="Show all classes"
        run={() => showAllClasses(view)}
      />
    )
  }
  const best = bestOf(looked.result.candidates)
  if (best === null) return <Note text="Nothing was found, not even with a low score" />
  const found = best.score.toFixed(2)
  return (
    <Note
      text={`Nothing above ${score.toFixed(2)}; best was ${found} ${classNamer(facts)(best.classId)}`}
      action="Show it"
      run={() => changeFilter(form, { score: Math.floor(best.score * 100) / 100 })}
    />
  )
}

interface NoteProps {
  readonly text: string
  readonly action?: string
  readonly run?: () => void
}

function Note({ text, action, run }: NoteProps) {
  return (
    <div className={styles.note} role="status">
      <span>{text}</span>
      {action === undefined || run === undefined ? null : (
        <Button size="sm" onPress={run}>
          {action}
        </Button>
      )}
    </div>
  )
}

function bestOf({ scores, classIds }: Candidates): { readonly score: number; readonly classId: number } | null {
  let best = -1
  scores.forEach((score, index) => {
    if (best < 0 || score > scores[best]!) best = index
  })
  return best < 0 ? null : { score: scores[best]!, classId: classIds[best]! }
}
