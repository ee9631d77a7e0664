import { NumberControls } from './number-controls'
import { NumberLine } from './number-line'
import styles from './numbers-page.module.css'
import { NumbersStrip } from './numbers-strip'
import { FormatRows } from './format-rows'

/** One number in every format: its bits, what is stored of it, and where the formats have numbers at all. */
export function NumbersPage() {
  return (
    <>
      <NumbersStrip />
      <div className={styles.page}>
        <NumberControls />
        <div className={styles.stage}>
          <FormatRows />
          <NumberLine />
        </div>
      </div>
    </>
  )
}
