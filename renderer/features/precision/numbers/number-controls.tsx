import { useStore } from 'zustand'
import { numberFormats } from '../../../../contract/number-formats'
import { NumberInput } from '../../../ui/number-input'
import { Section } from '../../../ui/section'
import { Segmented } from '../../../ui/segmented'
import { SliderField } from '../../../ui/slider-field'
import { usePrecision } from '../context'
import { prettyNumber } from './format-number'
import styles from './number-controls.module.css'

/** How numbers are taken into the formats, and what each format can hold. */
export function NumberControls() {
  const { numbers } = usePrecision()
  const { overflow, scaling, octaves } = useStore(numbers)
  return (
    <aside className={styles.column} data-region="number settings" aria-label="Number settings">
      <Section title="Beyond the largest">
        <Segmented
          label="Beyond the largest number"
          value={overflow}
          options={[
            { key: 'infinity', label: 'Infinity or NaN' },
            { key: 'saturate', label: 'Stay at the largest' },
          ]}
          onChange={(rule) => numbers.setState({ overflow: rule })}
        />
      </Section>
      <Section title="Whole numbers" note="scale × (code − zero point)">
        <div className={styles.pair}>
          <label>
            Scale
            <NumberInput
              label="Scale of the whole numbers"
              value={scaling.scale}
              min={1e-6}
              max={1e6}
              step={0.001}
              decimals={6}
              onChange={(scale) => numbers.setState({ scaling: { ...scaling, scale } })}
            />
          </label>
          <label>
            Zero point
            <NumberInput
              label="Zero point of the whole numbers"
              value={scaling.zeroPoint}
              min={-128}
              max={255}
              onChange={(zeroPoint) => numbers.setState({ scaling: { ...scaling, zeroPoint } })}
            />
          </label>
        </div>
      </Section>
      <Section title="Number line">
        <SliderField
          label="Octaves"
          value={octaves}
          min={1}
          max={300}
          step={1}
          onChange={(next) => numbers.setState({ octaves: next })}
        />
      </Section>
      <Section title="What they hold" className={styles.facts}>
        <FormatFacts />
      </Section>
    </aside>
  )
}

/** The formats' ends, for looking up. */
function FormatFacts() {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Format</th>
          <th scope="col">largest</th>
          <th scope="col">smallest</th>
          <th scope="col">above 1</th>
        </tr>
      </thead>
      <tbody>
        {Object.values(numberFormats).flatMap((format) =>
          format.kind === 'float'
            ? [
                <tr key={format.name}>
                  <th scope="row">{format.label.replace('FP8 ', '')}</th>
                  <td>{prettyNumber(format.largest, 5)}</td>
                  <td>{prettyNumber(format.smallestSubnormal, 3)}</td>
                  <td>{prettyNumber(format.epsilon, 3)}</td>
                </tr>,
              ]
            : [],
        )}
      </tbody>
    </table>
  )
}
