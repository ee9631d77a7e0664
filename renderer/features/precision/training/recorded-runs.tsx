import { useState } from 'react'
import { floatFormat } from '../../../../contract/number-formats'
import type { TrainingRun } from '../../../../contract/precision-training'
import { ExponentBars } from '../../../charts/exponent-bars'
import { Lines, type LineSeries } from '../../../charts/lines'
import { Tag } from '../../../ui/chip'
import { groupDigits } from '../../../ui/format'
import { SliderField } from '../../../ui/slider-field'
import styles from './training-page.module.css'

const colours = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c6)', 'var(--c7)', 'var(--c5)', 'var(--c8)', 'var(--text)']
const windows = [floatFormat('fp16'), floatFormat('bf16')]

/** The same small model trained in several ways: what each lost, and where its gradients lay. */
export function RecordedRuns({ runs }: { readonly runs: readonly TrainingRun[] }) {
  const [chosen, setChosen] = useState(0)
  const run = runs[chosen] ?? null
  const lines = (value: (run: TrainingRun) => readonly (number | null)[]): LineSeries[] =>
    runs.map((one, index) => ({
      label: one.label,
      colour: colours[index % colours.length]!,
      xs: one.steps,
      ys: value(one),
      isDashed: index !== chosen,
    }))
  return (
    <section className={styles.section} aria-label="Recorded runs" data-region="recorded runs">
      <h2>One model, trained in several precisions</h2>
      <p className={styles.lesson}>
        Mixed precision keeps float32 master weights, because an update 2 048 times smaller than its weight vanishes in
        float16, and multiplies the loss, because small gradients vanish too. On a task this small every run arrives, and
        what sets them apart in the end is noise; what is lost on the way is not. Choose a run to see its gradients.
      </p>
      <div className={styles.chart}>
        <Lines title="Loss" note="logarithmic" xName="step" series={lines(({ loss }) => loss)} isLogarithmic hasLegend={false} />
        <Lines
          title="Updates that changed nothing"
          note="share of the weights"
          xName="step"
          height={120}
          series={lines(({ lostUpdates }) => lostUpdates)}
          hasLegend={false}
          format={(value) => `${(100 * value).toFixed(0)}%`}
        />
        <Lines
          title="Loss scale"
          note="power of two"
          xName="step"
          height={120}
          series={lines(({ scale }) => scale)}
          hasLegend={false}
          format={(value) => `2^${Number(value.toFixed(1))}`}
        />
      </div>
      <div className={styles.chart}>
        <RunsTable runs={runs} chosen={chosen} onChoose={setChosen} />
        {run === null ? null : <Gradients key={run.label} run={run} />}
      </div>
    </section>
  )
}

interface RunsTableProps {
  readonly runs: readonly TrainingRun[]
  readonly chosen: number
  readonly onChoose: (run: number) => void
}

function RunsTable({ runs, chosen, onChoose }: RunsTableProps) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Last loss</th>
          <th scope="col">Right</th>
          <th scope="col">Skipped</th>
          <th scope="col">A step</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run, index) => (
          <tr key={run.label} data-chosen={index === chosen || undefined}>
            <th scope="row">
              <button type="button" className={styles.run} aria-pressed={index === chosen} onClick={() => onChoose(index)}>
                <i style={{ background: colours[index % colours.length] }} aria-hidden />
                {run.label}
                {run.emulated ? <Tag>emulated</Tag> : null}
              </button>
            </th>
            <td>{run.loss.at(-1)?.toFixed(3) ?? 'not finite'}</td>
            <td>{run.accuracy === null ? '–' : `${(100 * run.accuracy).toFixed(1)}%`}</td>
            <td>{groupDigits(run.skippedSteps)}</td>
            <td>{run.millisecondsPerStep.toFixed(1)} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Where a run's gradients lay at one step, and what a loss scale does about those below the window. */
function Gradients({ run }: { readonly run: TrainingRun }) {
  const [at, setAt] = useState(run.gradients.length - 1)
  const [power, setPower] = useState(0)
  const gradients = run.gradients[at]
  if (gradients === undefined) return null
  return (
    <div className={styles.below}>
      <ExponentBars
        title={`Gradients at step ${gradients.step}`}
        note={`${groupDigits(gradients.histogram.total)} numbers, ${groupDigits(gradients.histogram.zeros)} of them 0`}
        histogram={gradients.histogram}
        scale={2 ** power}
        windows={windows}
      />
      <SliderField label="Loss scale 2^" value={power} min={0} max={24} step={1} onChange={setPower} />
      {run.gradients.length < 2 ? null : (
        <SliderField label="Sample" value={at + 1} min={1} max={run.gradients.length} step={1} onChange={(next) => setAt(next - 1)} />
      )}
    </div>
  )
}
