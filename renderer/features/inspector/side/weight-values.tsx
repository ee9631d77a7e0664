import { useStore } from 'zustand'
import { ValueHistogram } from '../../../charts/value-histogram'
import { ValueMap } from '../../../charts/value-map'
import type { TensorView } from '../../../../contract/inspection'
import { ErrorNote } from '../../../ui/error-note'
import { formatBytes, groupDigits } from '../../../ui/format'
import { Section } from '../../../ui/section'
import { useInspector, useOpened } from '../context'
import { formatShape, formatShare, formatValue } from '../model/figures'
import { Facts } from './facts'
import { SliceControls } from './slice-controls'
import styles from './weight-values.module.css'

interface WeightValuesProps {
  readonly weight: number
  /** Of the histogram; the weight's name where absent. */
  readonly title?: string
}

/** A weight's values: how they are spread, a slice of them as a map, and the first ones as figures. */
export function WeightValues({ weight, title }: WeightValuesProps) {
  const { detail } = useInspector()
  const { inspection } = useOpened()
  const view = useStore(detail, (state) => (state.weight === weight ? state.view : null))
  const failure = useStore(detail, (state) => (state.weight === weight ? state.failure : null))
  const about = inspection.weights[weight]!
  const name = inspection.tensors[about.tensor]?.name ?? ''
  if (about.place === 'absent') {
    return (
      <Section title={title ?? name} note={formatShape(about.shape)}>
        <p className={styles.absent}>
          The values are absent:{' '}
          {about.file === null
            ? 'the file does not hold them.'
            : `they lie in ${about.file}, which is not beside the graph or is cut off.`}
        </p>
      </Section>
    )
  }
  return (
    <Section>
      {view === null ? (
        failure === null ? (
          <p className={styles.loading}>Reading {name}</p>
        ) : failure.code === 'MODEL_UNSUPPORTED' ? (
          <p className={styles.plain}>{failure.message}.</p>
        ) : null
      ) : (
        <Values view={view} name={title ?? shortName(name)} weight={weight} />
      )}
      {failure === null || failure.code === 'MODEL_UNSUPPORTED' ? null : <ErrorNote failure={failure} />}
      <Facts
        facts={[
          ['Element type', about.dtype],
          ['Parameters', groupDigits(about.parameters)],
          ['Stored', formatBytes(about.bytes)],
          ...(about.file === null ? [] : [['File', about.file] as const]),
        ]}
      />
    </Section>
  )
}

function shortName(name: string): string {
  return name.split('/').at(-1) || name
}

function Values({ view, name, weight }: { readonly view: TensorView; readonly name: string; readonly weight: number }) {
  const { histogram, slice, statistics } = view
  const values = slice.values.map((value) => (typeof value === 'number' ? value : null))
  const reach = statistics === null ? 0 : Math.max(Math.abs(statistics.minimum), Math.abs(statistics.maximum))
  return (
    <>
      {histogram === null ? (
        <p className={styles.loading}>
          {view.elements === 0 ? 'It holds no values.' : 'None of its values is finite.'}
        </p>
      ) : (
        <ValueHistogram title={name} note={formatShape(view.shape)} {...histogram} format={formatValue} />
      )}
      {slice.rows * slice.columns > 1 ? (
        <>
          <ValueMap
            label={`Slice of ${name}`}
            rows={slice.rows}
            columns={slice.columns}
            values={values}
            reach={reach}
            format={formatValue}
          />
          <SliceControls view={view} weight={weight} />
        </>
      ) : null}
      {view.elements === 0 ? null : <Statistics view={view} />}
      {view.counted < view.elements ? (
        <p className={styles.plain}>
          Of {groupDigits(view.counted)} values, evenly spread over all {groupDigits(view.elements)}.
        </p>
      ) : null}
      {view.first.length === 0 ? null : (
        <p className={styles.first} title="The first values, in the order in which they are stored">
          {view.first.map(formatValue).join('  ')}
          {view.elements > view.first.length ? ' …' : ''}
        </p>
      )}
    </>
  )
}

function Statistics({ view }: { readonly view: TensorView }) {
  const { statistics } = view
  return (
    <p className={styles.statistics}>
      {statistics === null ? null : (
        <>
          <span>
            mean <b>{formatValue(statistics.mean)}</b>
          </span>
          <span>
            std <b>{formatValue(statistics.standardDeviation)}</b>
          </span>
          <span>
            min <b>{formatValue(statistics.minimum)}</b>
          </span>
          <span>
            max <b>{formatValue(statistics.maximum)}</b>
          </span>
        </>
      )}
      <span>
        zeros <b>{formatShare(view.zeros)}</b>
      </span>
      {view.nans > 0 ? (
        <span className={styles.bad}>
          NaN <b>{formatShare(view.nans)}</b>
        </span>
      ) : null}
      {view.infinities > 0 ? (
        <span className={styles.bad}>
          infinite <b>{formatShare(view.infinities)}</b>
        </span>
      ) : null}
    </p>
  )
}
