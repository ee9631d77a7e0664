import { Star } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { formatClock, formatDay, formatSize, shortTitle } from '../../../ui/format'
import { SearchInput } from '../../../ui/text-input'
import { useNow } from '../../../ui/hooks'
import { useRows } from '../../../ui/use-rows'
import { useImageFeature } from '../feature'
import { handlePictureKey } from '../picture-keys'
import { selectImage } from '../view-store'
import styles from './history-tab.module.css'

const rowHeight = 52

/** The same pictures as in the grid, as a list to be read: prompt, size and time. */
export function HistoryTab() {
  const feature = useImageFeature()
  const { gallery, view } = feature
  const { assetUrl } = useStudio()
  const { order, records, total, search } = useStore(gallery.store)
  const selection = useStore(view, (state) => state.selection)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useRows(scroller, total, rowHeight, 6)
  const items = virtual.getVirtualItems()
  const wanted = (items.at(-1)?.index ?? 0) + 12
  useEffect(() => {
    void gallery.readUntil(wanted)
  }, [gallery, wanted])

  const current = selection?.kind === 'image' ? order.indexOf(selection.imageId) : -1
  const now = useNow()

  function onKeyDown(event: React.KeyboardEvent): void {
    const id = order[current]
    const moves: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -8, PageDown: 8 }
    const move = moves[event.key]
    if (move !== undefined) {
      const next = Math.max(0, Math.min(order.length - 1, current + move))
      const target = order[next]
      if (target !== undefined) selectImage(view, target)
      virtual.scrollToIndex(next)
    } else if (!handlePictureKey(feature, id === undefined ? null : (records[id] ?? null), event)) return
    event.preventDefault()
  }

  return (
    <div className={styles.history}>
      <div className={styles.search}>
        <SearchInput
          label="Search prompts"
          placeholder="Words of a prompt"
          value={search}
          onChange={(text) => gallery.filter({ search: text })}
        />
      </div>
      {total === 0 ? <p className={styles.empty}>{search === '' ? 'No pictures yet.' : 'Nothing found.'}</p> : null}
      <div
        ref={scroller}
        className={styles.scroller}
        role="listbox"
        aria-label="Pictures by time"
        aria-activedescendant={current >= 0 ? `history-${order[current]}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div className={styles.sheet} style={{ height: virtual.getTotalSize() }} role="presentation">
          {items.map((item) => {
            const id = order[item.index]
            const image = id === undefined ? undefined : records[id]
            return (
              <div
                key={item.key}
                id={image === undefined ? undefined : `history-${image.id}`}
                role="option"
                aria-selected={item.index === current}
                className={cx(styles.row, item.index === current && styles.selected)}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => image !== undefined && selectImage(view, image.id)}
              >
                {image === undefined ? (
                  <span className={styles.blank} />
                ) : (
                  <>
                    <img src={assetUrl(image.thumbnailId)} alt="" loading="lazy" className={styles.thumb} />
                    <span className={styles.words}>
                      <span className={styles.title}>{shortTitle(image.settings.prompt)}</span>
                      <span className={styles.facts}>
                        {formatDay(image.createdAt, now)}, {formatClock(image.createdAt)} ·{' '}
                        {formatSize(image.width, image.height)}
                      </span>
                    </span>
                    {image.starred ? <Star size={12} className={styles.star} aria-label="Starred" /> : null}
                  </>
                )}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
