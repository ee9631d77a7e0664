import { FileDown } from 'lucide-react'
import { useWindowDrop } from '../../ui/use-window-drop'
import { importRace } from './actions'
import { useSpeculate } from './context'
import styles from './drop-layer.module.css'

/** Takes a saved race that is dropped anywhere on the window. */
export function DropLayer() {
  const feature = useSpeculate()
  const isOver = useWindowDrop({
    onDrop: (event) => {
      const file = event.dataTransfer?.files[0]
      if (file !== undefined) void importRace(feature, file)
    },
  })
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <p>
        <FileDown size={20} strokeWidth={1.6} aria-hidden />
        Drop to open a saved race
      </p>
    </div>
  )
}
