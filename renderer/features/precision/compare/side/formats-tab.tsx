import { useState } from 'react'
import { useStore } from 'zustand'
import { windowCounts } from '../../../../../contract/exponent-histogram'
import { floatFormat, type FormatName } from '../../../../../contract/number-formats'
import type { ExponentHistogram } from '../../../../../contract/precision-results'
import { ExponentBars } from '../../../../charts/exponent-bars'
import { groupDigits } from '../../../../ui/format'
import { Segmented } from '../../../../ui/segmented'
import { SliderField } from '../../../../ui/slider-field'
import { usePrecision } from '../../context'
import type { ShownComparison } from '../comparison-store'
import { columnWords } from '../words'
import styles from './side-column.module.css'
import { shortLayer } from './layer-rows'

const windows = (['fp16', 'bf16', 'fp8-e4m3fn', 'fp8-e5m2'] as const satisfies readonly FormatName[]).map(floatFormat)

/** Where a layer's numbers lie, what each format's window would do to them under a scale, and what really ran. */
export function FormatsTab({ shown }: { readonly shown: ShownComparison }) {
  const { view } = usePrecision()
  const chosen = useStore(view, (state) => state.layer)
  const column = useStore(view, (state) => state.column)
  const [tensor, setTensor] = useState<'weights' | 'output'>('weights')
  const [power, setPower] = useState(0)
  const layer = shown.layers[chosen ?? 0]
  const histogram = (tensor === 'weights' ? layer?.weightHistogram : layer?.outputHistogram) ?? null
  return (
    <>
      <div className={styles.bar}>
        <Segmented
          label="Which numbers"
          size="sm"
          value={tensor}
          options={[
            { key: 'weights', label: 'Weights' },
            { key: 'output', label: 'Output' },
          ]}
          onChange={setTensor}
        />
      </div>
      {layer === undefined || histogram === null ? (
        <p className={styles.none}>
          {shown.isRunning ? 'The layers’ numbers come with the reference.' : 'Nothing was counted of this layer.'}
        </p>
      ) : (
        <>
          <div className={styles.chart}>
            <ExponentBars
              title={shortLayer(layer.name, 24)}
              note={`${groupDigits(histogram.total)} numbers, heights on a square-root scale`}
              histogram={histogram}
              scale={2 ** power}
              windows={windows}
            />
            <SliderField label="Scale 2^" value={power} min={-24} max={24} step={1} onChange={setPower} />
          </div>
          <WindowTable histogram={histogram} scale={2 ** power} />
        </>
      )}
      <Truth shown={shown} column={column} />
    </>
  )
}

/** What becomes of the numbers in each format. */
function WindowTable({ histogram, scale }: { readonly histogram: ExponentHistogram; readonly scale: number }) {
  const share = (count: number) => {
    const percent = (100 * count) / Math.max(1, histogram.total)
    return count === 0 ? '0' : percent < 0.01 ? '< 0.01%' : `${percent.toFixed(percent < 1 ? 2 : 1)}%`
  }
  return (
    <div className={styles.facts}>
      <table>
        <thead>
          <tr>
            <th scope="col">Lost</th>
            <th scope="col">overflow</th>
            <th scope="col">subnormal</th>
            <th scope="col">vanished</th>
          </tr>
        </thead>
        <tbody>
          {windows.map((format) => {
            const { overflow, subnormal, vanished } = windowCounts(histogram, format, scale)
            return (
              <tr key={format.name}>
                <th scope="row">{format.label}</th>
                <td>{share(overflow)}</td>
                <td>{share(subnormal)}</td>
                <td>{share(vanished)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** What the chosen precision really was when it ran. */
function Truth({ shown, column }: { readonly shown: ShownComparison; readonly column: number }) {
  const own = shown.columns[column]
  if (own?.result == null || own.result.failure !== null) return null
  const { truth } = own.result
  return (
    <div className={styles.facts}>
      <p>
        <b>{columnWords[own.recipe.column]}</b>, {truth.arithmetic}. {truth.sentence}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">What ran</th>
            <th scope="col">times</th>
            <th scope="col">ms</th>
          </tr>
        </thead>
        <tbody>
          {truth.kernels.slice(0, 8).map(({ operator, provider, count, milliseconds }) => (
            <tr key={`${operator} ${provider}`} title={provider}>
              <th scope="row">{operator}</th>
              <td>{groupDigits(count)}</td>
              <td>{milliseconds.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
