import { useId } from 'react'
import { Input } from 'react-aria-components'
import { useStore } from 'zustand'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { usePrecision } from '../context'
import { PageSwitch } from '../page-switch'
import row from '../strip.module.css'
import { giveNumber, typeNumber } from './numbers-store'
import styles from './numbers-strip.module.css'
import { readNumber } from './read-number'

/** Numbers on which formats differ in a way worth seeing. */
const presets: readonly { readonly label: string; readonly value: number; readonly why: string }[] = [
  { label: '0.1', value: 0.1, why: 'no binary format holds it' },
  { label: '999', value: 999, why: 'a timestep: BF16 steps by 4 here' },
  { label: '65 519', value: 65519, why: 'the last that FP16 rounds to 65 504' },
  { label: '65 520', value: 65520, why: 'the first that FP16 turns into infinity' },
  { label: '10⁻⁸', value: 1e-8, why: 'an epsilon that FP16 rounds to 0' },
  { label: '1 + 2⁻¹¹', value: 1 + 2 ** -11, why: 'half way between two FP16 numbers: it goes to the even one' },
  { label: '2⁻¹³³', value: 2 ** -133, why: 'subnormal where the exponent has 8 bits' },
]

/** The number that all formats are given. */
export function NumbersStrip() {
  const { numbers } = usePrecision()
  const text = useStore(numbers, (state) => state.text)
  const isReadable = readNumber(text) !== null
  const hint = useId()
  return (
    <div className={row.strip} data-region="number">
      <PageSwitch />
      <span className={row.line} aria-hidden />
      <Input
        aria-label="Number"
        aria-describedby={hint}
        aria-invalid={!isReadable}
        className={cx(shared.well, shared.line, styles.field)}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => typeNumber(numbers, event.target.value)}
      />
      <span id={hint} className={cx(styles.hint, !isReadable && styles.wrong)} role={isReadable ? undefined : 'alert'}>
        {isReadable ? '' : 'Not a number. Write 0.1, 6.5e4, 1/3, 2^-24, pi, inf or nan.'}
      </span>
      <span className={styles.presets} role="group" aria-label="Numbers to try">
        {presets.map(({ label, value, why }) => (
          <button
            key={label}
            type="button"
            className={styles.preset}
            title={why}
            onClick={() => giveNumber(numbers, value)}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  )
}
