import { Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components'
import { cx } from './cx'
import shared from './shared.module.css'
import styles from './text-input.module.css'

interface SearchInputProps {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly onChange: (value: string) => void
  readonly onEscape?: () => void
  readonly inputRef?: Ref<HTMLInputElement>
}

export function SearchInput({ label, value, placeholder, onChange, onEscape, inputRef }: SearchInputProps) {
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} className={cx(shared.well, styles.search)}>
      <Search size={14} strokeWidth={1.75} aria-hidden />
      <Input
        ref={inputRef ?? null}
        placeholder={placeholder}
        className={cx(shared.bare, styles.words)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value === '') onEscape?.()
        }}
      />
      {value === '' ? null : (
        <Button className={styles.clear!} aria-label="Clear the search">
          <X size={12} />
        </Button>
      )}
    </AriaSearchField>
  )
}
