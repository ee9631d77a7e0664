import { useId, useState } from 'react'
import type { FreeDimension } from '../../../../contract/inspection'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import styles from './sizes-section.module.css'

interface SizeFieldProps {
  readonly dimension: FreeDimension
  /** As it stands in the field; null where it is empty. */
  readonly size: number | null
  /** As the counts had it: one that follows from others is known without being given. */
  readonly counted: number | null
  readonly isMissing: boolean
  readonly onChange: (size: number | null) => void
}

const most = 2 ** 31 - 1

/** One free dimension. What is typed counts with each key; an empty field leaves the size open. */
export function SizeField({ dimension, size, counted, isMissing, onChange }: SizeFieldProps) {
  const { name, formula, uses, suggested } = dimension
  const id = useId()
  const [text, setText] = useState(size === null ? '' : String(size))
  const shown = parse(text) === size ? text : size === null ? '' : String(size)

  function step(by: number): void {
    const next = Math.max(0, Math.min(most, (size ?? counted ?? suggested) + by))
    setText(String(next))
    onChange(next)
  }

  return (
    <div className={styles.field}>
      <label htmlFor={id} title={uses.join('\n')}>
        {name}
        {formula === null ? null : <em> = {formula}</em>}
      </label>
      <input
        id={id}
        data-size={name}
        className={cx(shared.well, shared.line, styles.input)}
        inputMode="numeric"
        autoComplete="off"
        value={shown}
        placeholder={counted === null ? 'size' : String(counted)}
        data-missing={isMissing || undefined}
        aria-invalid={text.trim() !== '' && parse(text) === null}
        onChange={(event) => {
          setText(event.target.value)
          const next = parse(event.target.value)
          if (next !== null || event.target.value.trim() === '') onChange(next)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
          event.preventDefault()
          step((event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1))
        }}
      />
    </div>
  )
}

function parse(text: string): number | null {
  const plain = text.trim()
  if (!/^\d{1,10}$/.test(plain)) return null
  const value = Number(plain)
  return value <= most ? value : null
}
