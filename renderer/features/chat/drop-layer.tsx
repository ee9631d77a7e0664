import { ImageDown } from 'lucide-react'
import { assetDragType, draggedAsset } from '../../platform/browser-host'
import { useWindowDrop } from '../../ui/use-window-drop'
import { attachAsset, attachFiles } from './attach'
import { useChat } from './context'
import { importConversation, isExported } from './conversation-actions'
import styles from '../../ui/drop-layer.module.css'
import { useModel } from './selectors'

/** Takes pictures that are dropped anywhere on the window, and conversations that were exported. */
export function DropLayer() {
  const feature = useChat()
  const model = useModel()
  const isOver = useWindowDrop({
    types: [assetDragType],
    onDrop: (event) => {
      const asset = draggedAsset(event.dataTransfer)
      if (asset !== null) {
        void attachAsset(feature, asset, 'the picture')
        return
      }
      const files = [...(event.dataTransfer?.files ?? [])]
      const exported = files.find(isExported)
      if (exported !== undefined) void importConversation(feature, exported)
      const others = files.filter((file) => !isExported(file))
      if (others.length > 0) void attachFiles(feature, others)
    },
  })
  if (!isOver) return null
  const takesPictures = model === null || model.chat.seesPictures
  return (
    <div className={styles.layer} aria-hidden>
      <div className={styles.card}>
        <ImageDown size={20} strokeWidth={1.6} aria-hidden />
        <b>{takesPictures ? 'Drop to attach' : `${model.name} reads text only`}</b>
        <span>{takesPictures ? 'or to import a conversation' : 'A conversation can be imported all the same'}</span>
      </div>
    </div>
  )
}
