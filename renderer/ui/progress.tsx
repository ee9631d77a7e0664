import { ProgressBar } from 'react-aria-components'
import styles from './progress.module.css'

export function Progress({ label, fraction }: { readonly label: string; readonly fraction: number }) {
  return (
    <ProgressBar aria-label={label} value={fraction * 100} className={styles.bar!}>
      <span className={styles.fill} style={{ transform: `scaleX(${fraction})` }} />
    </ProgressBar>
  )
}
