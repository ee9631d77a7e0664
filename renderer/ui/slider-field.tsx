import { useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { ChangedDot } from './changed-dot'
import { cx } from './cx'
import { NumberInput } from './number-input'
import styles from './slider-field.module.css'

interface SliderFieldProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** The editable value may go beyond the slider's ends. */
  readonly hardMin?: number
  readonly hardMax?: number
  readonly decimals?: number
  /** Written even where they are zero. */
  readonly leastDecimals?: number
  readonly was?: string | null
  readonly isInvalid?: boolean
  readonly isDisabled?: boolean
  readonly onChange: (value: number) => void
  readonly onRevert?: () => void
}

/** A continuous value: a slider for the useful range, and an editable figure for the exact one. */
export function SliderField(props: SliderFieldProps) {
  const { label, value, min, max, step, hardMin = min, hardMax = max, decimals = 0, was = null } = props
  const { isInvalid = false, isDisabled = false, leastDecimals, onChange, onRevert } = props
  const [isDragging, setDragging] = useState(false)
  const shown = Math.min(max, Math.max(min, value))
  return (
    <div className={styles.row} data-dragging={isDragging || undefined}>
      <span className={styles.label}>
        <span className={styles.name}>{label}</span>
        <ChangedDot name={label} was={was} onRevert={() => onRevert?.()} />
      </span>
      <Slider
        aria-label={label}
        className={cx(styles.slider, isDisabled && styles.disabled)}
        value={shown}
        minValue={min}
        maxValue={max}
        step={step}
        isDisabled={isDisabled}
        onChange={(next) => {
          setDragging(true)
          onChange(next)
        }}
        onChangeEnd={() => setDragging(false)}
      >
        <SliderTrack className={styles.track!}>
          {({ state }) => (
            <>
              <span className={styles.rail} />
              <span className={styles.fill} style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
              <SliderThumb className={styles.thumb!} />
            </>
          )}
        </SliderTrack>
      </Slider>
      <NumberInput
        label={`${label}, exact`}
        value={value}
        min={hardMin}
        max={hardMax}
        step={step}
        decimals={decimals}
        {...(leastDecimals === undefined ? {} : { leastDecimals })}
        isInvalid={isInvalid}
        isDisabled={isDisabled}
        onChange={onChange}
      />
    </div>
  )
}
