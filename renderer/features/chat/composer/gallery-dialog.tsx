import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Failure } from '../../../../contract/errors'
import type { ImageRecord } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { Dialog } from '../../../ui/dialog'
import { ErrorNote } from '../../../ui/error-note'
import { shortTitle } from '../../../ui/format'
import { useDebounced, useElementSize } from '../../../ui/hooks'
import { SearchInput } from '../../../ui/text-input'
import { useRows } from '../../../ui/use-rows'
import { attachAsset } from '../attach'
import { useChat } from '../context'
import styles from './gallery-dialog.module.css'

const tile = 104
const gap = 8

/** Pictures of the gallery, to attach. */
export function GalleryDialog() {
  const { view } = useChat()
  const isOpen = useStore(view, (state) => state.isGalleryOpen)
  return (
    <Dialog
      title="From the gallery"
      kind="wide"
      isOpen={isOpen}
      onClose={() => view.setState({ isGalleryOpen: false })}
    >
      <Pictures />
    </Dialog>
  )
}

function Pictures() {
  const feature = useChat()
  const { assetUrl } = useStudio()
  const [words, setWords] = useState('')
  const { images, isLoaded, failure, loadMore } = useGalleryPages(useDebounced(words, 200))
  const scroller = useRef<HTMLDivElement>(null)
  const { width } = useElementSize(scroller)
  const columns = Math.max(3, Math.floor((width + gap) / (tile + gap)))
  const rows = useRows(scroller, Math.ceil(images.length / columns), tile + gap, 2)
  const items = rows.getVirtualItems()
  const wanted = ((items.at(-1)?.index ?? 0) + 2) * columns
  useEffect(() => {
    if (wanted > images.length) loadMore()
  }, [wanted, images.length, loadMore])

  function take(image: ImageRecord): void {
    feature.view.setState({ isGalleryOpen: false })
    void attachAsset(feature, image.assetId, shortTitle(image.settings.prompt, 32))
    feature.composer.focus()
  }

  return (
    <div className={styles.pictures}>
      <SearchInput label="Search pictures" placeholder="Search prompts" value={words} onChange={setWords} />
      {failure === null ? null : <ErrorNote failure={failure} />}
      {isLoaded && images.length === 0 && failure === null ? (
        <p className={styles.none}>
          {words === '' ? 'The gallery is empty: draw something in Image.' : 'No picture with these words.'}
        </p>
      ) : null}
      <div ref={scroller} className={styles.scroller}>
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => (
            <li key={index} className={styles.row} style={{ transform: `translateY(${start}px)` }}>
              {images.slice(index * columns, (index + 1) * columns).map((image) => (
                <button
                  key={image.id}
                  type="button"
                  className={styles.tile}
                  aria-label={shortTitle(image.settings.prompt, 80)}
                  onClick={() => take(image)}
                >
                  <img src={assetUrl(image.thumbnailId)} alt="" loading="lazy" />
                </button>
              ))}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

interface Pages {
  readonly words: string
  readonly images: readonly ImageRecord[]
  readonly cursor: string | null
  readonly isLoaded: boolean
  readonly failure: Failure | null
}

const nothing: Omit<Pages, 'words'> = { images: [], cursor: null, isLoaded: false, failure: null }

/** The gallery page by page, for as long as the dialog stands open. */
function useGalleryPages(words: string) {
  const studio = useStudio()
  const [pages, setPages] = useState<Pages>({ words, ...nothing })
  const isLoading = useRef(false)
  const shown = pages.words === words ? pages : { words, ...nothing }

  function load(cursor: string | null): void {
    if (isLoading.current) return
    isLoading.current = true
    studio.client.images
      .list({ search: words, limit: 100, ...(cursor === null ? {} : { cursor }) })
      .then((page) =>
        setPages((old) => ({
          words,
          images: cursor === null || old.words !== words ? page.images : [...old.images, ...page.images],
          cursor: page.nextCursor,
          isLoaded: true,
          failure: null,
        })),
      )
      .catch((error: unknown) =>
        setPages({ words, ...nothing, isLoaded: true, failure: studio.report('Reading the gallery', error) }),
      )
      .finally(() => {
        isLoading.current = false
      })
  }

  return {
    ...shown,
    loadMore: (): void => {
      if (!shown.isLoaded) load(null)
      else if (shown.cursor !== null) load(shown.cursor)
    },
  }
}
