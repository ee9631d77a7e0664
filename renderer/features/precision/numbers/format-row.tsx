import { ChevronDown, ChevronUp, CircleAlert, TriangleAlert } from 'lucide-react'
import type { InspectedNumber } from '../../../../contract/number-format-codes'
import type { NumberFormat } from '../../../../contract/number-formats'
import { IconButton } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { usePrecision } from '../context'
import { BitCells } from './bit-cells'
import { prettyNumber } from './format-number'
import styles from './format-rows.module.css'
import { flipBit, giveNumber } from './numbers-store'

interface FormatRowProps {
  readonly format: NumberFormat
  readonly number: InspectedNumber
}

/** One format: its bits, what it stored, and how far that is from what it was given. */
export function FormatRow({ format, number }: FormatRowProps) {
  const { numbers } = usePrecision()
  const { stored, error, unit, errorInUnits, below, above, hex } = number
  return (
    <div className={styles.row} role="group" aria-label={format.label}>
      <div className={styles.name}>
        <b>{format.label}</b>
        <span className={styles.hex}>0x{hex}</span>
      </div>
      <div className={styles.bits}>
        <BitCells number={number} label={format.label} onFlip={(bit) => flipBit(numbers, format.name, bit)} />
        <Flags number={number} />
      </div>
      <div className={styles.stored}>
        <output title={prettyNumber(stored, 17)}>{prettyNumber(stored)}</output>
        <span className={styles.steps}>
          <IconButton
            label={below === null ? 'Nothing below' : `Next below: ${prettyNumber(below)}`}
            isDisabled={below === null}
            onPress={() => giveNumber(numbers, below!)}
          >
            <ChevronDown size={12} aria-hidden />
          </IconButton>
          <IconButton
            label={above === null ? 'Nothing above' : `Next above: ${prettyNumber(above)}`}
            isDisabled={above === null}
            onPress={() => giveNumber(numbers, above!)}
          >
            <ChevronUp size={12} aria-hidden />
          </IconButton>
        </span>
      </div>
      <span className={styles.end} title={`one unit in the last place is ${prettyNumber(unit)}`}>
        {error === 0 ? 'none' : prettyNumber(error, 3)}
      </span>
      <span className={styles.end}>{error === 0 ? '0' : prettyNumber(errorInUnits, 3)}</span>
    </div>
  )
}

/** What happened on the way in, where anything did that a person should know. */
function Flags({ number: { flags } }: { readonly number: InspectedNumber }) {
  const bad: string[] = []
  if (flags.overflow) bad.push('overflow')
  if (flags.underflow) bad.push('vanished')
  if (flags.notANumber) bad.push('NaN')
  else if (flags.infinite && !flags.overflow) bad.push('infinite')
  return (
    <span className={styles.flags}>
      {bad.map((word) => (
        <Chip key={word} tone="fail" icon={<CircleAlert size={12} aria-hidden />}>
          {word}
        </Chip>
      ))}
      {flags.subnormal ? (
        <Chip tone="warn" icon={<TriangleAlert size={12} aria-hidden />}>
          subnormal
        </Chip>
      ) : null}
    </span>
  )
}
