import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from './button'
import { cx } from './cx'
import styles from './dialog.module.css'
import shared from './shared.module.css'

interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  readonly footer?: ReactNode
  /** A sheet slides in from the right edge; a page takes nearly the whole window. */
  readonly kind?: 'box' | 'wide' | 'sheet' | 'page'
  readonly isDismissable?: boolean
}

export function Dialog(props: DialogProps) {
  const { title, isOpen, onClose, children, footer, kind = 'box', isDismissable = true } = props
  return (
    <ModalOverlay
      className={cx(styles.scrim, kind === 'sheet' && styles.right)}
      isOpen={isOpen}
      isDismissable={isDismissable}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className={cx(shared.float, styles.modal, styles[kind])} data-kind={kind}>
        <AriaDialog className={styles.dialog!}>
          <header className={styles.head}>
            <Heading slot="title" className={styles.title!}>
              {title}
            </Heading>
            <IconButton label="Close" keys="Escape" onPress={onClose}>
              <X size={14} />
            </IconButton>
          </header>
          <div className={styles.body}>{children}</div>
          {footer === undefined ? null : <footer className={styles.foot}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
