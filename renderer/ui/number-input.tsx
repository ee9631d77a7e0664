import { Input, NumberField } from 'react-aria-components'
import { cx } from './cx'
import styles from './number-input.module.css'

interface NumberInputProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly decimals?: number
  /** Written even where they are zero; one where there are any. */
  readonly leastDecimals?: number
  readonly isInvalid?: boolean
  readonly isDisabled?: boolean
  readonly describedBy?: string | undefined
  readonly align?: 'right' | 'center'
  readonly className?: string | undefined
  readonly onChange: (value: number) => void
}

/** An exact figure: arrows and the wheel change it by a step, and what is typed is kept within its limits. */
export function NumberInput(props: NumberInputProps) {
  const { label, value, min, max, step = 1, decimals = 0, isInvalid = false, isDisabled = false } = props
  const { describedBy, align = 'right', className, leastDecimals = decimals > 0 ? 1 : 0, onChange } = props
  return (
    <NumberField
      aria-label={label}
      value={value}
      minValue={min}
      maxValue={max}
      step={step}
      commitBehavior="validate"
      isInvalid={isInvalid}
      isDisabled={isDisabled}
      formatOptions={{
        minimumFractionDigits: leastDecimals,
        maximumFractionDigits: decimals,
        useGrouping: false,
      }}
      onChange={(next) => {
        if (Number.isFinite(next)) onChange(next)
      }}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
    >
      <Input className={cx(styles.input, align === 'center' && styles.center, className)} />
    </NumberField>
  )
}
