import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import type { AssetId } from '../../../../contract/ids'
import { useStudio } from '../../../studio/context'
import { Dialog } from '../../../ui/dialog'
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

export function PictureLook() {
  const { assetUrl } = useStudio()
  const picture = useStore(looked, (state) => state.picture)
  return (
    <Dialog
      title={picture?.title ?? 'Picture'}
      kind="page"
      isOpen={picture !== null}
      onClose={() => looked.setState({ picture: null })}
    >
      {picture === null ? null : (
        <div className={styles.stage}>
          <img src={assetUrl(picture.assetId)} alt={picture.title} />
        </div>
      )}
    </Dialog>
  )
}
