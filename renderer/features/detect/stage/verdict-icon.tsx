import type { JudgedBox } from '../../../../contract/detection-metrics'
import styles from './box-overlay.module.css'

const paths = {
  /** A tick. */
  right: 'M1 5.5 4 8.5 9 1.5',
  /** A cross. */
  wrong: 'M1.5 1.5l7 7M8.5 1.5l-7 7',
  /** A dash: it counts neither way. */
  ignored: 'M1.5 5h7',
  /** An empty ring. */
  missed: 'M5 1.2a3.8 3.8 0 1 0 .01 0Z',
} as const

export type Verdict = JudgedBox['verdict'] | 'missed'

export const verdictWords: Readonly<Record<Verdict, string>> = {
  right: 'right',
  wrong: 'false',
  ignored: 'not counted',
  missed: 'missed',
}

/** The verdict as a shape, ten pixels wide. */
export function VerdictIcon({ verdict, x, y }: { readonly verdict: Verdict; readonly x: number; readonly y: number }) {
  return (
    <path className={styles.verdict} transform={`translate(${x}, ${y})`} d={paths[verdict]} data-verdict={verdict}>
      <title>{verdictWords[verdict]}</title>
    </path>
  )
}
