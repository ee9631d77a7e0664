import type { ReactNode } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { cx } from './cx'
import styles from './segmented.module.css'

interface SegmentedProps<Key extends string> {
  readonly label: string
  readonly value: Key | null
  readonly options: readonly { readonly key: Key; readonly label: ReactNode; readonly name?: string }[]
  readonly onChange: (key: Key) => void
  readonly size?: 'sm' | 'md'
  readonly isDisabled?: boolean
}

/** Two to four exclusive views or modes. */
export function Segmented<Key extends string>(props: SegmentedProps<Key>) {
  const { label, value, options, onChange, size = 'md', isDisabled = false } = props
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={cx(styles.seg, size === 'sm' && styles.sm)}
      selectionMode="single"
      disallowEmptySelection={value !== null}
      isDisabled={isDisabled}
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => {
        for (const key of keys) onChange(key as Key)
      }}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.key}
          id={option.key}
          className={styles.item!}
          {...(option.name === undefined ? {} : { 'aria-label': option.name })}
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
