import { FileSearch } from 'lucide-react'
import styles from '../../ui/drop-layer.module.css'
import { useWindowDrop } from '../../ui/use-window-drop'
import { useInspector } from './context'
import { openFiles } from './open-file'

/** Takes model files that are dropped anywhere on the window. */
export function DropLayer() {
  const feature = useInspector()
  const isOver = useWindowDrop({
    onDrop: (event) => {
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) void openFiles(feature, files)
    },
  })
  if (!isOver) return null
  return (
    <div className={styles.layer} aria-hidden>
      <div className={styles.card}>
        <FileSearch size={20} strokeWidth={1.6} aria-hidden />
        <b>Drop to look inside</b>
        <span>.onnx, .safetensors or .gguf, with the files of its weights</span>
      </div>
    </div>
  )
}
