import { useStore } from 'zustand'
import { useDetect } from '../context'
import { useCompared } from '../side/use-compared'
import styles from './box-overlay.module.css'
import { project, type Projection } from './projection'

/** The boxes of the model that is compared with: thin and dotted, those that only it has seen in full white. */
export function RivalMarks({ projection }: { readonly projection: Projection }) {
  const { view } = useDetect()
  const compared = useCompared()
  const isShown = useStore(view, ({ sideTab }) => sideTab === 'compare')
  const marked = useStore(view, ({ mark }) => (mark?.kind === 'rival' ? mark.candidate : null))
  if (compared === null || !isShown) return null
  const alone = new Set(compared.pairs.filter(({ a }) => a === null).map(({ b }) => b))
  return compared.others.map(({ box, candidate }, index) => {
    const [left, top, right, bottom] = project(projection, box)
    const rect = { x: left, y: top, width: right - left, height: bottom - top, rx: 2 }
    return (
      <g
        key={candidate}
        className={styles.rival}
        data-alone={alone.has(index) || undefined}
        data-heat={marked === candidate ? 'hot' : 'cold'}
      >
        <rect {...rect} className={styles.rivalUnder} />
        <rect {...rect} className={styles.rivalLine} />
      </g>
    )
  })
}
