import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { sheetQuery } from '../../studio/layout-store'
import { useStudio } from '../../studio/context'
import { cx } from '../../ui/cx'
import { Dialog } from '../../ui/dialog'
import { useMediaQuery } from '../../ui/hooks'
import { takePicture } from './actions'
import { ControlsColumn } from './controls/controls-column'
import { DetailsColumn } from './details/details-column'
import { DropLayer } from './drop-layer'
import { useImageFeature } from './feature'
import styles from './image-panel.module.css'
import { IncomingDialog } from './incoming-dialog'
import { MaskDialog } from './mask/mask-dialog'
import { QuickLook } from './quick-look'
import { Results } from './results/results'
import { FilmStrip } from './stage/film-strip'
import { Stage } from './stage/stage'

/** Settings on the left, the picture in the middle, what is known about it on the right. */
export function ImagePanel({ queue }: { readonly queue: ReactNode }) {
  const { layout } = useStudio()
  const isNarrow = useMediaQuery(sheetQuery)
  const isOpen = useStore(layout, (state) => state.isDetailsOpen)
  const isSheetOpen = useStore(layout, (state) => state.isSheetOpen)
  usePaste()

  return (
    <div className={cx(styles.columns, (isNarrow || !isOpen) && styles.two)}>
      <ControlsColumn />
      <section className={styles.main} aria-label="Stage and pictures">
        <Stage />
        <FilmStrip />
        <Results />
      </section>
      {isNarrow ? (
        <Dialog
          title="Details"
          kind="sheet"
          isOpen={isSheetOpen}
          onClose={() => layout.setState({ isSheetOpen: false })}
        >
          <DetailsColumn queue={queue} />
        </Dialog>
      ) : isOpen ? (
        <aside className={styles.details} aria-label="Details" data-region="details">
          <DetailsColumn queue={queue} onClose={() => layout.setState({ isDetailsOpen: false })} />
        </aside>
      ) : null}
      <DropLayer />
      <IncomingDialog />
      <MaskDialog />
      <QuickLook />
    </div>
  )
}

/** A picture on the clipboard is taken wherever the focus is; text goes into text fields as ever. */
function usePaste(): void {
  const feature = useImageFeature()
  useEffect(() => {
    function onPaste(event: ClipboardEvent): void {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'))
      if (file === undefined) return
      event.preventDefault()
      void takePicture(feature, file, false)
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [feature])
}
