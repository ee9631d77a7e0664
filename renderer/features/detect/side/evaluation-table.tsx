import { useStore } from 'zustand'
import type { DetectionEvaluation } from '../../../../contract/detection-evaluation'
import { PrecisionRecall, type PrecisionRecallLine } from '../../../charts/precision-recall'
import { plural } from '../../../ui/format'
import { useDetect } from '../context'
import styles from './truth-tab.module.css'

interface EvaluationTableProps {
  readonly table: DetectionEvaluation
  readonly title: string
}

/** Average precision as COCO has it, the curve behind it, and the classes that do worst. */
export function EvaluationTable({ table, title }: EvaluationTableProps) {
  const { form } = useDetect()
  const threshold = useStore(form, (state) => state.filter.score)
  const { averagePrecision, averageRecall, voc, unmatched } = table
  const lines = table.curves
    .filter(({ classId }) => classId === null)
    .map(({ iou, precision, scores }): PrecisionRecallLine => ({
      key: String(iou),
      label: `IoU ${iou.toFixed(2)}`,
      precision,
      scores,
      isMain: iou === 0.5,
    }))
  const facts: readonly (readonly [string, number | null])[] = [
    ['AP, IoU 0.50 to 0.95', averagePrecision.all],
    ['AP50', averagePrecision.at50],
    ['AP75', averagePrecision.at75],
    ['AP small', averagePrecision.small],
    ['AP medium', averagePrecision.medium],
    ['AP large', averagePrecision.large],
    ['Recall, 100 boxes', averageRecall.at100],
    ['VOC 2010, AP50', voc.voc10],
  ]
  const worst = table.classes
    .filter(({ averagePrecision: own }) => own !== null)
    .sort((a, b) => (a.averagePrecision ?? 0) - (b.averagePrecision ?? 0))
    .slice(0, 5)
  return (
    <section className={styles.evaluation}>
      <header>
        <h2>{title}</h2>
        <span>
          {plural(table.labels, 'label')}
          {table.pictures > 1 ? ` on ${plural(table.pictures, 'picture')}` : ''}
        </span>
      </header>
      <PrecisionRecall lines={lines} threshold={threshold} note="IoU 0.50, mean over classes" />
      <dl className={styles.facts}>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value.toFixed(3)}</dd>
            </div>
          ),
        )}
      </dl>
      {table.pictures > 1 && worst.length > 0 ? (
        <>
          <h3>Weakest classes</h3>
          <dl className={styles.facts}>
            {worst.map(({ classId, name, averagePrecision: own, labels }) => (
              <div key={classId}>
                <dt>
                  {name}, {plural(labels, 'label')}
                </dt>
                <dd>{own?.toFixed(3)}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : null}
      {unmatched.truth.length + unmatched.run.length > 0 ? (
        <p className={styles.quiet}>
          Left out: {plural(unmatched.truth.length, 'labelled picture')} that the run does not have,{' '}
          {plural(unmatched.run.length, 'picture')} without labels.
        </p>
      ) : null}
    </section>
  )
}
