import { Copy, Download, ScanSearch, WandSparkles } from 'lucide-react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { AssetId } from '../../../../contract/ids'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { copyPicture, savePicture, sendToDetect } from '../actions'
import { attachAsset } from '../attach'
import { useChat } from '../context'
import { useModel } from '../selectors'
import styles from './picture-look.module.css'

interface Looked {
  readonly assetId: AssetId
  readonly title: string
}

const looked = createStore<{ readonly picture: Looked | null }>(() => ({ picture: null }))

/** Opens a picture as large as the window allows. */
export function showPicture(picture: Looked): void {
  looked.setState({ picture })
}

const close = (): void => looked.setState({ picture: null })

/** Any picture of the conversation, large, with where it can go from here. */
export function PictureLook() {
  const { assetUrl } = useStudio()
  const picture = useStore(looked, (state) => state.picture)
  return (
    <Dialog
      title={picture?.title ?? 'Picture'}
      kind="page"
      isOpen={picture !== null}
      onClose={close}
      footer={picture === null ? undefined : <Ways picture={picture} />}
    >
      {picture === null ? null : (
        <div className={styles.stage}>
          <img src={assetUrl(picture.assetId)} alt={picture.title} />
        </div>
      )}
    </Dialog>
  )
}

function Ways({ picture: { assetId, title } }: { readonly picture: Looked }) {
  const feature = useChat()
  const model = useModel()
  return (
    <>
      <Button variant="ghost" onPress={() => void copyPicture(feature, assetId)}>
        <Copy size={14} strokeWidth={1.75} aria-hidden />
        Copy
      </Button>
      <Button variant="ghost" onPress={() => void savePicture(feature, assetId, 'picture.png')}>
        <Download size={14} strokeWidth={1.75} aria-hidden />
        Save as…
      </Button>
      <Button
        variant="ghost"
        onPress={() => {
          close()
          sendToDetect(feature, assetId, title)
        }}
      >
        <ScanSearch size={14} strokeWidth={1.75} aria-hidden />
        Find things in it
      </Button>
      {model?.chat.modes.includes('edit') === true ? (
        <Button
          onPress={() => {
            close()
            feature.composer.chooseOnce('edit')
            void attachAsset(feature, assetId, title).then(() => feature.composer.focus())
          }}
        >
          <WandSparkles size={14} strokeWidth={1.75} aria-hidden />
          Edit this
        </Button>
      ) : null}
    </>
  )
}
