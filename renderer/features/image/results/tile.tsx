import { Star, StarOff, Trash2, WandSparkles } from 'lucide-react'
import { useStore } from 'zustand'
import type { ImageRecord } from '../../../../contract/images'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { fileName } from '../../../ui/format'
import { recallAll, removeImage, toggleStar } from '../actions'
import { useImageFeature } from '../feature'
import { describeSteps } from '../steps'
import type { Entry } from './grid-entries'
import type { TileMenuPlace } from './tile-menu'
import styles from './tile.module.css'

interface TileProps {
  readonly entry: Entry
  readonly place: number
  readonly count: number
  readonly isSelected: boolean
  readonly isTabStop: boolean
  readonly onPick: (isCompare: boolean) => void
  readonly onMenu: (place: TileMenuPlace) => void
}

export function Tile(props: TileProps) {
  const { entry } = props
  switch (entry.kind) {
    case 'image':
      return <ImageTile {...props} id={entry.id} />
    case 'running':
      return <RunningTile {...props} jobId={entry.jobId} item={entry.item} />
    case 'waiting':
      return (
        <div role="gridcell" className={styles.cell}>
          <span className={cx(styles.tile, styles.wait)} aria-label={`Picture ${entry.item + 1}, waiting`}>
            {entry.item + 1}
          </span>
        </div>
      )
    case 'unread':
      return (
        <div role="gridcell" className={styles.cell}>
          <span className={cx(styles.tile, styles.unread)} />
        </div>
      )
  }
}

function ImageTile({ id, place, count, isSelected, isTabStop, onPick, onMenu }: TileProps & { readonly id: string }) {
  const feature = useImageFeature()
  const { assetUrl, host } = useStudio()
  const image = useStore(feature.gallery.store, (state) => state.records[id])
  const isCompared = useStore(feature.view, (state) => state.compareId === id)
  if (image === undefined) return <div role="gridcell" className={styles.cell} />
  return (
    <div role="gridcell" aria-selected={isSelected} className={styles.cell}>
      <button
        type="button"
        className={cx(styles.tile, isSelected && styles.selected, isCompared && styles.compared)}
        data-place={place}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={nameOf(image, place, count)}
        onClick={(event) => onPick(event.altKey)}
        onContextMenu={(event) => {
          event.preventDefault()
          onMenu({ image, at: { x: event.clientX, y: event.clientY } })
        }}
        draggable
        onDragStart={(event) =>
          host.dragImage(event.nativeEvent, image.assetId, fileName(image.settings.prompt, image.settings.seed))
        }
      >
        <img src={assetUrl(image.thumbnailId)} alt="" loading="lazy" decoding="async" draggable={false} />
        {image.starred ? <Star size={14} className={styles.star} aria-hidden /> : null}
        {image.partial ? <span className={styles.badge}>{describeSteps(image)}</span> : null}
      </button>
      {/* For the pointer alone: the keyboard has F, A and Del, and the menu key. */}
      <span className={styles.actions} aria-hidden>
        <TileAction
          label={image.starred ? 'Remove the star' : 'Star'}
          icon={image.starred ? StarOff : Star}
          onPress={() => toggleStar(feature, image)}
        />
        <TileAction label="Use these settings" icon={WandSparkles} onPress={() => recallAll(feature, image.settings)} />
        <TileAction label="Delete" icon={Trash2} onPress={() => removeImage(feature, image)} />
      </span>
    </div>
  )
}

interface TileActionProps {
  readonly label: string
  readonly icon: typeof Star
  readonly onPress: () => void
}

function TileAction({ label, icon: Icon, onPress }: TileActionProps) {
  return (
    <button type="button" className={styles.action} title={label} tabIndex={-1} onClick={onPress}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
    </button>
  )
}

function RunningTile({
  jobId,
  item,
  place,
  isSelected,
  isTabStop,
  onPick,
}: TileProps & { readonly jobId: string; readonly item: number }) {
  const studio = useStudio()
  const progress = useStore(studio.jobs, (state) => state.progress[jobId])
  const assetId = useStore(studio.jobs, (state) => state.live[jobId]?.frames.at(-1)?.assetId ?? null)
  const step = progress?.step ?? 0
  const steps = progress?.steps ?? 0
  return (
    <div role="gridcell" aria-selected={isSelected} className={styles.cell}>
      <button
        type="button"
        className={cx(styles.tile, styles.running, isSelected && styles.selected)}
        data-place={place}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={`Picture ${item + 1}, being drawn, step ${step} of ${steps}`}
        onClick={() => onPick(false)}
      >
        {assetId === null ? (
          <span className={styles.number}>{item + 1}</span>
        ) : (
          <img src={studio.assetUrl(assetId)} alt="" draggable={false} />
        )}
        <span className={styles.progress}>
          <i style={{ transform: `scaleX(${steps === 0 ? 0 : step / steps})` }} />
        </span>
      </button>
    </div>
  )
}

function nameOf(image: ImageRecord, place: number, count: number): string {
  const parts = [
    `Image ${place + 1} of ${count}`,
    image.starred ? 'starred' : null,
    image.partial ? `stopped after ${describeSteps(image)}` : null,
    image.settings.prompt,
  ]
  return parts.filter(Boolean).join(', ')
}
