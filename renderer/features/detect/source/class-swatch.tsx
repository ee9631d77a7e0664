import { classStyle } from '../model/class-style'
import styles from './class-swatch.module.css'

/** The look of a class's boxes, small. */
export function ClassSwatch({ classId, isSmall = false }: { readonly classId: number; readonly isSmall?: boolean }) {
  const { color, dash } = classStyle(classId)
  const side = isSmall ? 9 : 12
  const array = { solid: undefined, dashed: '4 3', dotted: '1.6 2', mixed: '4 1.6 1.2 1.6' }[dash]
  return (
    <svg className={styles.swatch} width={side} height={side} viewBox="0 0 12 12" style={{ color }} aria-hidden>
      <rect x={1} y={1} width={10} height={10} rx={2} strokeDasharray={array} />
    </svg>
  )
}
