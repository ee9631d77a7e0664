import { FileJson, X } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { unknownClasses } from '../../../../contract/detection-truth'
import { Button, IconButton } from '../../../ui/button'
import { ErrorNote } from '../../../ui/error-note'
import { plural } from '../../../ui/format'
import { SliderField } from '../../../ui/slider-field'
import { Spinner } from '../../../ui/spinner'
import { Switch } from '../../../ui/switch'
import { useDetect } from '../context'
import { useFactsOnStage, useShownBoxes } from '../selectors'
import { pickTruth } from '../source/pick'
import { VerdictIcon, type Verdict } from '../stage/verdict-icon'
import { evaluatePicture, evaluateRun, forgetTruth, judgedBoxes } from '../truth'
import { EvaluationTable } from './evaluation-table'
import styles from './truth-tab.module.css'

/** The detector held against labels that people made. */
export function TruthTab() {
  const feature = useDetect()
  const truth = useStore(feature.truth, (state) => state.truth)
  if (truth !== null) return <Against />
  return (
    <div className={styles.tab}>
      <p className={styles.quiet}>
        Labels in COCO’s JSON show what was found, what is false and what was missed, with precision and recall.
      </p>
      <div>
        <Button onPress={() => void pickTruth(feature)}>
          <FileJson size={14} strokeWidth={1.75} aria-hidden />
          Open labels
        </Button>
      </div>
    </div>
  )
}

function Against() {
  const feature = useDetect()
  const { file, truth, isShown, iou, evaluation, isEvaluating, failure } = useStore(feature.truth)
  const run = useStore(feature.list.store, (state) => state.run)
  const facts = useFactsOnStage()
  const unknown = truth === null || facts === null ? [] : unknownClasses(truth, facts.classes)
  const table = evaluation !== null && evaluation.runId === run?.id ? evaluation.table : null
  return (
    <div className={styles.tab}>
      <div className={styles.file}>
        <FileJson size={14} strokeWidth={1.75} aria-hidden />
        <span title={file?.name}>{file?.name}</span>
        <IconButton label="Put the labels away" onPress={() => forgetTruth(feature)}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      </div>
      <Switch
        label="Show on the picture"
        isOn={isShown}
        onChange={(next) => feature.truth.setState({ isShown: next })}
      />
      <div className={styles.slider}>
        <SliderField
          label="Right from IoU"
          value={iou}
          min={0.1}
          max={0.95}
          step={0.05}
          decimals={2}
          leastDecimals={2}
          onChange={(next) => feature.truth.setState({ iou: next })}
        />
      </div>
      {unknown.length === 0 ? null : (
        <p className={styles.quiet}>
          {plural(unknown.length, 'class', 'classes')} of the labels that this model does not know:{' '}
          {unknown.slice(0, 6).join(', ')}
          {unknown.length > 6 ? ' and more' : ''}. They count as missed.
        </p>
      )}
      <PictureVerdict />
      {run === null ? null : (
        <div>
          <Button isDisabled={isEvaluating} onPress={() => void evaluateRun(feature)}>
            {isEvaluating ? <Spinner /> : null}
            {table === null ? `Evaluate all of ${run.name}` : 'Evaluate again'}
          </Button>
        </div>
      )}
      {failure === null ? null : <ErrorNote failure={failure} />}
      {table === null ? null : <EvaluationTable table={table} title={run?.name ?? 'Folder'} />}
    </div>
  )
}

/** Of the picture on the stage: how many are right, false and missed, and its curve. */
function PictureVerdict() {
  const feature = useDetect()
  const boxes = useShownBoxes()
  const picture = useStore(feature.stage, (state) => state.picture)
  const looked = useStore(feature.stage, (state) => state.looked)
  const truth = useStore(feature.truth)
  const filter = useStore(feature.form, (state) => state.filter)
  const { overlap, suppression, acrossClasses } = filter
  const judged = useMemo(
    () => judgedBoxes(feature),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- everything that it reads from the stores
    [feature, boxes, truth, picture],
  )
  const table = useMemo(
    () => evaluatePicture(feature),
    // The threshold is left out: the curve is drawn over all of them.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [feature, looked, truth.truth, overlap, suppression, acrossClasses],
  )
  if (picture === null) return null
  if (judged === null) return <p className={styles.quiet}>The labels do not name {picture.name}.</p>
  const count = (verdict: Verdict) => judged.boxes.filter((one) => one.verdict === verdict).length
  const rows: readonly (readonly [Verdict, string, number])[] = [
    ['right', 'right', count('right')],
    ['wrong', 'false', count('wrong')],
    ['missed', 'missed', judged.missed.length],
  ]
  return (
    <>
      <ul className={styles.verdicts} aria-label={`${picture.name} against its labels`}>
        {rows.map(([verdict, word, number]) => (
          <li key={verdict}>
            <svg width={10} height={10} aria-hidden>
              <VerdictIcon verdict={verdict} x={0} y={0} />
            </svg>
            <b>{number}</b> {word}
          </li>
        ))}
      </ul>
      {table === null ? null : <EvaluationTable table={table} title="This picture" />}
    </>
  )
}
