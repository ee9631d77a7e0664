import { useRef, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { ErrorNote } from '../../../ui/error-note'
import { useElementSize } from '../../../ui/hooks'
import { ToastShelf } from '../../../ui/toast-shelf'
import { detectAgain } from '../actions'
import { useDetect } from '../context'
import { VideoPicture } from '../video/video-picture'
import { AttentionOverlay } from './attention-overlay'
import { BoxOverlay } from './box-overlay'
import { EmptyStage } from './empty-stage'
import { LayerMarks } from './layer-marks'
import { Minimap } from './minimap'
import { NothingFound } from './nothing-found'
import { matrixOf } from './projection'
import { ReadingCard } from './reading-card'
import { SelectionBar } from './selection-bar'
import { StageChips } from './stage-chips'
import { useStagePictureSize } from './stage-size'
import styles from './stage.module.css'
import { handleStageKey } from './stage-keys'
import { useStageView } from './use-stage-view'

/** The picture with what was found in it. */
export function Stage() {
  const feature = useDetect()
  const { stage, video, view } = feature
  const { assetUrl } = useStudio()
  const element = useRef<HTMLDivElement>(null)
  const size = useElementSize(element)
  const picture = useStore(stage, (state) => state.picture)
  const failure = useStore(stage, (state) => state.failure)
  const isReading = useStore(stage, (state) => state.reading !== null)
  const isVideo = useStore(video.store, (state) => state.kind !== null || state.isOpening || state.problem !== null)
  const isPeeking = useStore(view, (state) => state.isPeeking)
  const [pictureSize, setDecoded] = useStagePictureSize()
  const { projection, ...controls } = useStageView(element, size, pictureSize)
  const isEmpty = picture === null && !isVideo
  const url = picture?.assetId == null ? null : assetUrl(picture.assetId)
  const isShown = size.width > 0 && !isEmpty

  return (
    <div
      ref={element}
      className={cx(styles.stage, controls.isZoomed && styles.zoomed, controls.isPanning && styles.panning)}
      role="group"
      aria-label={isEmpty ? 'Stage, empty' : `Stage: ${picture?.name ?? video.store.getState().name}`}
      tabIndex={0}
      data-region="stage"
      data-grabbing={controls.isReady || undefined}
      onPointerDown={controls.onPointerDown}
      onClick={(event) => {
        if (event.target === event.currentTarget) view.setState({ selected: null })
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.target === element.current && handleStageKey(feature, event)) event.preventDefault()
      }}
    >
      {isEmpty ? <EmptyStage /> : null}
      {isShown ? (
        <div
          className={styles.world}
          data-world
          style={{ width: pictureSize.width, height: pictureSize.height, transform: matrixOf(projection) }}
          data-pixels={projection.scale >= 4 || undefined}
        >
          {isVideo ? <VideoPicture /> : null}
          {url === null || isVideo ? null : (
            <img
              src={url}
              alt={picture?.name ?? ''}
              draggable={false}
              onLoad={({ currentTarget }) =>
                setDecoded({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
              }
            />
          )}
          {isPeeking ? null : <AttentionOverlay />}
        </div>
      ) : null}
      {isShown && !isPeeking && failure === null ? (
        <>
          <LayerMarks projection={projection} picture={pictureSize} />
          <BoxOverlay projection={projection} stage={size} />
          <SelectionBar projection={projection} stage={size} />
        </>
      ) : null}
      {failure === null ? null : (
        <div className={styles.failure}>
          <ErrorNote
            size="stage"
            failure={failure}
            actions={picture === null ? [] : [{ label: 'Look again', run: () => void detectAgain(feature) }]}
          />
        </div>
      )}
      {isShown ? <StageChips /> : null}
      {isShown && failure === null ? <NothingFound /> : null}
      {isShown && controls.isZoomed ? (
        <Minimap url={url} picture={pictureSize} stage={size} projection={projection} />
      ) : null}
      {isReading ? <ReadingCard /> : null}
      <ToastShelf className={styles.shelf} />
    </div>
  )
}
