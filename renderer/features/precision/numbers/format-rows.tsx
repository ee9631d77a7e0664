import { useStore } from 'zustand'
import { formatNames, numberFormats } from '../../../../contract/number-formats'
import { usePrecision } from '../context'
import { FormatRow } from './format-row'
import styles from './format-rows.module.css'
import { inspected } from './numbers-store'

/** Every format's bits of the number, a row each. Bits can be clicked, or walked by the arrow keys and turned by Space. */
export function FormatRows() {
  const { numbers } = usePrecision()
  const state = useStore(numbers)
  return (
    <section className={styles.rows} aria-label="The number in every format" data-region="formats">
      <div className={styles.head} aria-hidden>
        <span>Format</span>
        <span className={styles.legend}>
          <i data-part="sign" /> sign <i data-part="exponent" /> exponent <i data-part="mantissa" /> mantissa
        </span>
        <span className={styles.end}>stored</span>
        <span className={styles.end}>error</span>
        <span className={styles.end}>in ULP</span>
      </div>
      {formatNames.map((name) => (
        <FormatRow key={name} format={numberFormats[name]} number={inspected(state, name)} />
      ))}
    </section>
  )
}
