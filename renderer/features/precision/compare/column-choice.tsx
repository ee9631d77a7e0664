import { ChevronDown } from 'lucide-react'
import { Checkbox } from 'react-aria-components'
import { useStore } from 'zustand'
import type { PrecisionOptions, Recipe } from '../../../../contract/precision'
import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/chip'
import { NumberInput } from '../../../ui/number-input'
import { Popover } from '../../../ui/popover'
import { Segmented } from '../../../ui/segmented'
import { Switch } from '../../../ui/switch'
import { usePrecision } from '../context'
import styles from './column-choice.module.css'
import { changeColumn, toggleColumn } from './form-store'
import { columnWords } from './words'

/** Which precisions are measured beside fp32, and how each is made. */
export function ColumnChoice() {
  const { form, comparison } = usePrecision()
  const columns = useStore(form, (state) => state.columns)
  const options = useStore(comparison, (state) => state.options)
  return (
    <Popover
      label="Precisions"
      placement="bottom end"
      trigger={
        <Button className={styles.trigger}>
          <span className={styles.names}>fp32{columns.map(({ column }) => `, ${columnWords[column]}`).join('')}</span>
          <ChevronDown size={12} aria-hidden />
        </Button>
      }
    >
      {() => (
        <div className={styles.list}>
          <p className={styles.base}>
            <b>fp32</b> is always measured: it is what the others are held against.
          </p>
          {(options?.columns ?? [])
            .filter(({ column }) => column !== 'fp32')
            .map((option) => (
              <ColumnRow
                key={option.column}
                option={option}
                recipe={columns.find(({ column }) => column === option.column) ?? null}
              />
            ))}
          <MeasureSettings />
        </div>
      )}
    </Popover>
  )
}

type ColumnOption = PrecisionOptions['columns'][number]

function ColumnRow({ option, recipe }: { readonly option: ColumnOption; readonly recipe: Recipe | null }) {
  const { form } = usePrecision()
  const { column, label, note, arithmetic, reason } = option
  return (
    <div className={styles.row}>
      <Checkbox
        className={styles.check!}
        isSelected={recipe !== null}
        isDisabled={reason !== null}
        onChange={() => toggleColumn(form, column)}
      >
        <span className={styles.box} aria-hidden />
        <span className={styles.words}>
          <b>{label}</b> <span>{reason ?? note}</span>
        </span>
        <Tag>{arithmetic}</Tag>
      </Checkbox>
      {recipe === null ? null : <RecipeSettings recipe={recipe} />}
    </div>
  )
}

/** The settings of one precision that people change. */
function RecipeSettings({ recipe }: { readonly recipe: Recipe }) {
  const { form } = usePrecision()
  const { column, blockSize, symmetric, calibration, perChannel } = recipe
  if (column === 'int4' || column === 'int8-weights') {
    return (
      <div className={styles.settings}>
        <Segmented
          label="Weights that share a scale"
          size="sm"
          value={String(blockSize)}
          options={['16', '32', '64', '128'].map((key) => ({ key, label: key }))}
          onChange={(key) => changeColumn(form, column, { blockSize: Number(key) as Recipe['blockSize'] })}
        />
        <Switch
          label="Zero points"
          isOn={!symmetric}
          onChange={(isOn) => changeColumn(form, column, { symmetric: !isOn })}
        />
      </div>
    )
  }
  if (column === 'int8-dynamic' || column === 'int8-static') {
    return (
      <div className={styles.settings}>
        {column === 'int8-static' ? (
          <Segmented
            label="Range of activations"
            size="sm"
            value={calibration}
            options={[
              { key: 'minmax', label: 'Smallest to largest' },
              { key: 'percentile', label: 'Percentile' },
            ]}
            onChange={(next) => changeColumn(form, column, { calibration: next })}
          />
        ) : null}
        <Switch
          label="A scale for each channel"
          isOn={perChannel}
          onChange={(isOn) => changeColumn(form, column, { perChannel: isOn })}
        />
      </div>
    )
  }
  return null
}

function MeasureSettings() {
  const { form } = usePrecision()
  const { layers, searchDecibels, columns } = useStore(form)
  const canSearch = columns.some(({ column }) => column.startsWith('int'))
  return (
    <div className={styles.measure}>
      <Switch
        label="Errors layer by layer"
        detail="a run more each"
        isOn={layers}
        onChange={(isOn) => form.setState({ layers: isOn })}
      />
      <Switch
        label="Search for a mix"
        detail={canSearch ? 'raises layers until a target is met' : 'choose an integer precision first'}
        isOn={searchDecibels !== null && canSearch}
        isDisabled={!canSearch}
        onChange={(isOn) => form.setState({ searchDecibels: isOn ? 40 : null })}
      />
      {searchDecibels === null || !canSearch ? null : (
        <label className={styles.target}>
          Target in dB
          <NumberInput
            label="Target of the mix in dB"
            value={searchDecibels}
            min={-20}
            max={160}
            onChange={(next) => form.setState({ searchDecibels: next })}
          />
        </label>
      )}
    </div>
  )
}
