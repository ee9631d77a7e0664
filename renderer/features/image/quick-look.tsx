import { useEffect } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { useStore } from 'zustand'
import { useStudio } from '../../studio/context'
import { formatSize, groupDigits } from '../../ui/format'
import { useImageFeature } from './feature'
import { handlePictureKey } from './picture-keys'
import styles from './quick-look.module.css'
import { useSelectedImage } from './selectors'
import { selectImage } from './view-store'

/** The picture on the whole window; arrows walk the gallery, and Space or Esc closes it. */
export function QuickLook() {
  const feature = useImageFeature()
  const { view, gallery } = feature
  const { assetUrl } = useStudio()
  const isOpen = useStore(view, (state) => state.isQuickLook)
  const image = useSelectedImage()
  const close = () => view.setState({ isQuickLook: false })

  useEffect(() => {
    if (isOpen && image === null) view.setState({ isQuickLook: false })
  }, [isOpen, image, view])

  function onKeyDown(event: React.KeyboardEvent): void {
    const { order } = gallery.store.getState()
    const index = image === null ? -1 : order.indexOf(image.id)
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const next = order[index + (event.key === 'ArrowRight' ? 1 : -1)]
      if (next !== undefined) selectImage(view, next)
    } else if (event.key === ' ' || event.key === 'Enter') close()
    else if (event.key === 'Escape' || !handlePictureKey(feature, image, event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <ModalOverlay
      className={styles.overlay!}
      isOpen={isOpen && image !== null}
      isDismissable
      onOpenChange={(open) => {
        if (!open) close()
      }}
    >
      <Modal className={styles.modal!}>
        <Dialog className={styles.dialog!} aria-label="Quick look">
          {image === null ? null : (
            <div
              className={styles.sheet}
              tabIndex={-1}
              ref={(element) => element?.focus()}
              onKeyDown={onKeyDown}
              onClick={close}
            >
              <img src={assetUrl(image.assetId)} alt={image.settings.prompt} className={styles.image} />
              <p className={styles.caption}>
                {image.settings.prompt}
                <span>
                  {formatSize(image.width, image.height)}, seed {groupDigits(image.settings.seed)}
                </span>
              </p>
            </div>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
