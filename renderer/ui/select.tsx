import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue, Text } from 'react-aria-components'
import { Tag } from './chip'
import { cx } from './cx'
import styles from './select.module.css'
import shared from './shared.module.css'

export interface SelectOption<Key extends string> {
  readonly key: Key
  readonly label: string
  readonly detail?: ReactNode
  readonly tag?: string | undefined
  /** Said beside the option, which then cannot be chosen. */
  readonly disabledReason?: string | undefined
}

interface SelectProps<Key extends string> {
  readonly label: string
  readonly value: Key | null
  readonly options: readonly SelectOption<Key>[]
  readonly onChange: (key: Key) => void
  readonly icon?: ReactNode
  readonly size?: 'md' | 'lg'
  readonly placeholder?: string
  readonly className?: string | undefined
}

export function Select<Key extends string>(props: SelectProps<Key>) {
  const { label, value, options, onChange, icon, size = 'md', placeholder = 'Choose', className } = props
  const chosen = options.find((option) => option.key === value)
  return (
    <AriaSelect
      aria-label={label}
      value={value}
      onChange={(key) => onChange(key as Key)}
      className={cx(styles.select, className)}
      placeholder={placeholder}
    >
      <Button className={cx(shared.well, styles.field, size === 'lg' && styles.lg)}>
        {icon}
        <SelectValue className={styles.value!}>{() => chosen?.label ?? placeholder}</SelectValue>
        {chosen?.tag === undefined ? null : <Tag>{chosen.tag}</Tag>}
        <ChevronsUpDown className={styles.caret} size={12} strokeWidth={2} aria-hidden />
      </Button>
      <Popover className={cx(shared.float, shared.pop, styles.pop)} offset={4}>
        <ListBox className={shared.list!}>
          {options.map((option) => (
            <ListBoxItem
              key={option.key}
              id={option.key}
              textValue={option.label}
              className={cx(shared.option, styles.item)}
              isDisabled={option.disabledReason !== undefined}
            >
              {({ isSelected }) => (
                <>
                  <span className={styles.tick}>{isSelected ? <Check size={14} aria-hidden /> : null}</span>
                  <span className={shared.words}>
                    <Text slot="label">{option.label}</Text>
                    {option.disabledReason === undefined && option.detail === undefined ? null : (
                      <Text slot="description" className={cx(shared.detail, option.disabledReason && styles.reason)}>
                        {option.disabledReason ?? option.detail}
                      </Text>
                    )}
                  </span>
                  {option.tag === undefined ? null : <Tag>{option.tag}</Tag>}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
