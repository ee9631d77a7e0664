import { useVirtualizer } from '@tanstack/react-virtual'
import { FileWarning } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { DetectionSummary } from '../../../../contract/detection'
import { useStudio } from '../../../studio/context'
import { openDetection, openPlace, removePicture, walkPictures } from '../actions'
import { useDetect } from '../context'
import type { RefusedFile } from './picture-list'
import { StripHead } from './strip-head'
import styles from './strip.module.css'

const cellWidth = 70

/** The pictures of a folder run in their order, or the single ones, newest first. Only those in sight are drawn. */
export function Strip() {
  const feature = useDetect()
  const { list, stage } = feature
  const pictures = useStore(list.store, (state) => state.pictures)
  const refused = useStore(list.store, (state) => state.refused)
  const run = useStore(list.store, (state) => state.run)
  const current = useStore(stage, ({ asked, picture }) => asked ?? picture?.detectionId ?? null)
  const scroller = useRef<HTMLDivElement>(null)
  const count = pictures.length + refused.length
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are called in place, never passed on
  const cells = useVirtualizer({
    count,
    horizontal: true,
    getScrollElement: () => scroller.current,
    estimateSize: () => cellWidth,
    overscan: 6,
    initialRect: { width: 800, height: 80 },
  })
  const items = cells.getVirtualItems()
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => void list.reach(first, last), [first, last, pictures, list])
  const place = pictures.findIndex((one) => one !== undefined && one.id === current)
  useEffect(() => {
    if (place >= 0) cells.scrollToIndex(place, { align: 'auto' })
    // It moves when another picture is chosen, not when the virtualizer is made anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [place])
  if (count === 0 && run === null) return null

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft') void walkPictures(feature, -1)
    else if (event.key === 'ArrowRight') void walkPictures(feature, 1)
    else if (event.key === 'Home') void openPlace(feature, 0)
    else if (event.key === 'End') void openPlace(feature, pictures.length - 1)
    else if ((event.key === 'Delete' || event.key === 'Backspace') && place >= 0)
      removePicture(feature, pictures[place]!.id)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <section className={styles.strip} aria-label="Pictures">
      <StripHead />
      <div
        ref={scroller}
        className={styles.scroller}
        role="listbox"
        aria-label={run === null ? 'Single pictures' : `Pictures of ${run.name}`}
        aria-orientation="horizontal"
        tabIndex={0}
        data-region="pictures"
        aria-activedescendant={place < 0 ? undefined : `detect-picture-${place}`}
        onKeyDown={onKeyDown}
      >
        <div style={{ width: cells.getTotalSize() }} className={styles.row} role="presentation">
          {items.map(({ index, start }) => {
            const picture = pictures[index]
            const other = refused[index - pictures.length]
            return picture !== undefined ? (
              <Cell key={index} picture={picture} index={index} left={start} isCurrent={index === place} />
            ) : other !== undefined ? (
              <RefusedCell key={index} file={other} left={start} />
            ) : (
              <UnreadCell key={index} left={start} />
            )
          })}
        </div>
      </div>
    </section>
  )
}

interface CellProps {
  readonly picture: DetectionSummary
  readonly index: number
  readonly left: number
  readonly isCurrent: boolean
}

function Cell({ picture, index, left, isCurrent }: CellProps) {
  const feature = useDetect()
  const { assetUrl } = useStudio()
  const { name, failure, count } = picture
  const thumbnail = picture.thumbnailId ?? picture.assetId
  const words = failure !== null ? 'unreadable' : count === 0 ? 'none' : String(count ?? '')
  return (
    <div
      id={`detect-picture-${index}`}
      className={styles.cell}
      style={{ transform: `translateX(${left}px)` }}
      role="option"
      aria-selected={isCurrent}
      aria-label={
        failure === null
          ? `${name}, ${words === 'none' ? 'nothing found' : `${words} found`}`
          : `${name}: ${failure.message}`
      }
      title={failure === null ? name : `${name}: ${failure.message}`}
      data-failed={failure !== null || undefined}
      onClick={() => void openDetection(feature, picture)}
    >
      {failure !== null || thumbnail === null ? (
        <span className={styles.tile}>
          {failure === null ? null : <FileWarning size={14} strokeWidth={1.75} aria-hidden />}
        </span>
      ) : (
        <img className={styles.tile} src={assetUrl(thumbnail)} alt="" loading="lazy" draggable={false} />
      )}
      <span className={styles.caption}>{words}</span>
    </div>
  )
}

/** A picture that comes into sight before the list of it was read. */
function UnreadCell({ left }: { readonly left: number }) {
  return (
    <div className={styles.cell} style={{ transform: `translateX(${left}px)` }} aria-hidden>
      <span className={styles.tile} />
    </div>
  )
}

/** A file that could not even be brought in: named, with its reason. */
function RefusedCell({ file, left }: { readonly file: RefusedFile; readonly left: number }) {
  const words = `${file.name}: ${file.failure.message}`
  return (
    <div
      className={styles.cell}
      style={{ transform: `translateX(${left}px)` }}
      role="option"
      aria-selected={false}
      aria-disabled
      aria-label={words}
      title={words}
      data-failed
    >
      <span className={styles.tile}>
        <FileWarning size={14} strokeWidth={1.75} aria-hidden />
      </span>
      <span className={styles.caption}>unreadable</span>
    </div>
  )
}
