import { useRef, useState, type KeyboardEvent } from 'react'
import type { InspectedNumber } from '../../../../contract/number-format-codes'
import { numberFormats } from '../../../../contract/number-formats'
import styles from './bit-cells.module.css'

interface BitCellsProps {
  readonly number: InspectedNumber
  readonly label: string
  /** @param bit from 0, the lowest */
  readonly onFlip: (bit: number) => void
}

/** The bits of a code as a row of toggles with one stop for the Tab key: arrows, Home and End walk them. */
export function BitCells({ number, label, onFlip }: BitCellsProps) {
  const isWhole = numberFormats[number.format].kind === 'integer'
  const row = useRef<HTMLDivElement>(null)
  const cells = number.fields.flatMap(({ part, bits }) => [...bits].map((bit, place) => ({ part, bit, place })))
  const [focused, setFocused] = useState(0)

  function onKeyDown(event: KeyboardEvent): void {
    const next = stepTo(event.key, focused, cells.length)
    if (next === null) return
    event.preventDefault()
    setFocused(next)
    row.current?.querySelectorAll('button')[next]?.focus()
  }

  return (
    <div ref={row} className={styles.cells} role="toolbar" aria-label={`Bits of ${label}`} onKeyDown={onKeyDown}>
      {cells.map(({ part, bit, place }, index) => (
        <button
          key={index}
          type="button"
          className={styles.cell}
          data-part={part}
          data-first={place === 0 || undefined}
          aria-pressed={bit === '1'}
          aria-label={`${isWhole && part === 'mantissa' ? 'value' : part} bit ${cells.length - 1 - index}`}
          tabIndex={index === focused ? 0 : -1}
          onFocus={() => setFocused(index)}
          onClick={() => onFlip(cells.length - 1 - index)}
        >
          {bit}
        </button>
      ))}
    </div>
  )
}

function stepTo(key: string, from: number, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1)
    case 'ArrowRight':
      return Math.min(count - 1, from + 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
