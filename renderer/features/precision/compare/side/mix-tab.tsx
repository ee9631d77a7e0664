import { useState, type FormEvent } from 'react'
import { useStore } from 'zustand'
import { CostError, type CostErrorPoint } from '../../../../charts/cost-error'
import { Button } from '../../../../ui/button'
import { cx } from '../../../../ui/cx'
import shared from '../../../../ui/shared.module.css'
import type { Recipe } from '../../../../../contract/precision'
import type { Decibels, SearchResult } from '../../../../../contract/precision-results'
import { usePrecision } from '../../context'
import { freeName, saveVariant } from '../actions'
import type { ShownComparison } from '../comparison-store'
import { columnName, columnWords, decibelNumber, decibelWords } from '../words'
import { SavedVariants } from './saved-variants'
import styles from './side-column.module.css'

/** Time against error of everything that was measured, the mix that a search found, and the way to keep one. */
export function MixTab({ shown }: { readonly shown: ShownComparison }) {
  const { view } = usePrecision()
  const column = useStore(view, (state) => state.column)
  const [turn, setTurn] = useState(0)
  const { search } = shown
  const points = pointsOf(shown, column)
  const own = shown.columns[column]
  const recipe = search?.recipe ?? own?.recipe ?? null
  return (
    <>
      {points.length === 0 ? (
        <p className={styles.none}>Time against error is drawn once two precisions are measured.</p>
      ) : (
        <div className={styles.chart}>
          <CostError points={points} target={search?.targetDecibels ?? null} unit="the main graph’s milliseconds" />
        </div>
      )}
      {search === null ? (
        <p className={styles.none}>
          A search raises layers to fp32, those first that gain most for their time, until a target is met by the mix as
          it is measured. Switch it on where the precisions are chosen.
        </p>
      ) : (
        <p className={styles.none}>
          <b>
            {search.met ? 'Met' : 'Not met'}: {decibelWords(foundSqnr(search))} of {search.targetDecibels} dB.
          </b>{' '}
          {search.sentence}
        </p>
      )}
      {recipe === null || own?.result == null ? null : (
        <SaveForm
          key={search === null ? recipe.column : 'mix'}
          recipe={recipe}
          isMix={search !== null}
          onSaved={() => setTurn((now) => now + 1)}
        />
      )}
      <SavedVariants modelId={shown.settings.modelId} turn={turn} />
    </>
  )
}

/** What was measured of the mix that was found; of searches of earlier versions what they went by. */
function foundSqnr({ measured, steps }: SearchResult): Decibels {
  return (measured.at(-1) ?? steps.at(-1))?.sqnr ?? null
}

function pointsOf(shown: ShownComparison, chosen: number): readonly CostErrorPoint[] {
  const measured = shown.columns.flatMap(({ recipe, result }, index): CostErrorPoint[] => {
    const decibels = result === null || result.failure !== null ? null : decibelNumber(result.errors.sqnr)
    if (result === null || decibels === null) return []
    const label = columnName(recipe)
    return [{ label, cost: result.run.median, decibels, kind: 'measured', isChosen: index === chosen }]
  })
  if (measured.length < 2) return []
  const steps = (shown.search?.steps ?? []).flatMap(({ sqnr, milliseconds }, index): CostErrorPoint[] => {
    const decibels = decibelNumber(sqnr)
    const label = `mix, ${index} layers in fp32`
    return decibels === null ? [] : [{ label, cost: milliseconds, decibels, kind: 'step', isChosen: false }]
  })
  return [...measured, ...steps]
}

interface SaveFormProps {
  readonly recipe: Recipe
  readonly isMix: boolean
  readonly onSaved: () => void
}

/** Keeps a precision, or the mix that was found, for the other panels. */
function SaveForm({ recipe, isMix, onSaved }: SaveFormProps) {
  const feature = usePrecision()
  const [name, setName] = useState(() => freeName(feature, isMix ? 'mix' : recipe.column))
  const [isSaving, setSaving] = useState(false)

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    setSaving(true)
    if (await saveVariant(feature, recipe, name)) onSaved()
    setSaving(false)
  }

  return (
    <div className={styles.note}>
      {isMix ? 'Keep this mix' : `Keep ${columnWords[recipe.column]}`} as a precision of the model, for the other
      panels.
      <form onSubmit={(event) => void save(event)}>
        <input
          className={cx(shared.well, shared.line)}
          aria-label="Name of the precision"
          value={name}
          pattern="[a-z0-9][a-z0-9.\-]{0,39}"
          title="1 to 40 small letters, digits, dots and hyphens"
          required
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" isDisabled={isSaving}>
          {isSaving ? 'Saving' : 'Save'}
        </Button>
      </form>
    </div>
  )
}
