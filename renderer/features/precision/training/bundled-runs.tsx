import { useState } from 'react'
import type { TrainingRecord } from '../../../../contract/precision-training'
import { Lines } from '../../../charts/lines'
import { Segmented } from '../../../ui/segmented'
import styles from './training-page.module.css'

const colours = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c6)', 'var(--c7)', 'var(--c5)', 'var(--c8)']

/** What the logs of the bundled models' own training say: the recipe as it was used. */
export function BundledRuns({ bundled }: { readonly bundled: TrainingRecord['bundled'] }) {
  const [chosen, setChosen] = useState(0)
  const own = bundled[chosen]
  if (own === undefined) return null
  return (
    <section className={styles.section} aria-label="The bundled models’ own training" data-region="bundled runs">
      <h2>How the bundled models were trained</h2>
      <div className={styles.lesson}>
        <Segmented
          label="Model"
          size="sm"
          value={String(chosen)}
          options={bundled.map(({ model }, index) => ({ key: String(index), label: model }))}
          onChange={(key) => setChosen(Number(key))}
        />
        <p>{own.recipe}</p>
      </div>
      {own.curves.map(({ name, steps, values }, index) => (
        <div key={`${own.model} ${name}`} className={styles.chart}>
          <Lines
            title={name}
            note="as logged"
            xName="step"
            height={140}
            series={[{ label: name, colour: colours[index % colours.length]!, xs: steps, ys: values }]}
            hasLegend={false}
          />
        </div>
      ))}
    </section>
  )
}
