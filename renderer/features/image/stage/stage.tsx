import { Square } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { useDecodedImage, useElementSize } from '../../../ui/hooks'
import { ToastShelf } from '../../../ui/toast-shelf'
import { stop } from '../actions'
import { useImageFeature } from '../feature'
import { fieldsByKey } from '../fields'
import { handlePictureKey } from '../picture-keys'
import { CompareView } from './compare-view'
import { EmptyStage } from './empty-stage'
import { JobFailed } from './job-failed'
import { LoadingCard } from './loading-card'
import { ProgressHud } from './progress-hud'
import { useStageContent } from './stage-content'
import { StageToolbar } from './stage-toolbar'
import styles from './stage.module.css'
import { useViewport } from './use-viewport'
import { isPixelated } from '../../../ui/viewport'

const zoomStep = 1.25
/** In a narrower picture the ring stands at the edge of the stage. */
const leastHudWidth = 340
/** In a narrower stage a toast has no room beside the Stop button. */
const leastWidthBesideStop = 560
const panelSize = { width: 512, height: 512 }

/** The picture in hand, alone on its ground. */
export function Stage() {
  const feature = useImageFeature()
  const { assetUrl } = useStudio()
  const element = useRef<HTMLDivElement>(null)
  const stageSize = useElementSize(element)
  const content = useStageContent()
  const compareId = useStore(feature.view, (state) => state.compareId)
  const other = useStore(feature.gallery.store, (state) =>
    compareId === null ? null : (state.records[compareId] ?? null),
  )
  const url = useDecodedImage(content.assetId === null ? null : assetUrl(content.assetId), content.isPreview)
  const [isSmooth, setSmooth] = useState(false)

  const { width, height } = content.image ?? content.settings ?? panelSize
  const picture = useMemo(() => ({ width, height }), [width, height])
  const controls = useViewport(element, stageSize, picture)
  const { viewport, scale } = controls
  const isRunning = content.job?.status === 'running'
  const isPixelArt = !isSmooth && (isPixelated(viewport) || (content.isPreview && scale > 1))

  function onKeyDown(event: React.KeyboardEvent): void {
    if (event.target !== element.current || event.nativeEvent.isComposing) return
    const zooms: Record<string, () => void> = {
      '+': () => controls.zoomBy(zoomStep),
      '=': () => controls.zoomBy(zoomStep),
      '-': () => controls.zoomBy(1 / zoomStep),
      '0': controls.fit,
      '1': controls.actualSize,
    }
    const zoom = event.ctrlKey || event.metaKey || event.altKey ? undefined : zooms[event.key]
    if (zoom) {
      event.preventDefault()
      zoom()
    } else if (stepFrame(event.key)) event.preventDefault()
    else if (handlePictureKey(feature, content.image, event)) event.preventDefault()
  }

  function stepFrame(key: string): boolean {
    const { frames, frameIndex } = content
    if ((key !== 'ArrowLeft' && key !== 'ArrowRight') || frames.length === 0) return false
    const end = content.image === null ? frames.length - 1 : frames.length
    const next = (frameIndex ?? end) + (key === 'ArrowLeft' ? -1 : 1)
    feature.view.setState({ frameIndex: next >= end ? null : Math.max(0, next) })
    return true
  }

  const box = {
    width: picture.width * scale,
    height: picture.height * scale,
    transform: `translate(calc(-50% + ${viewport.x}px), calc(-50% + ${viewport.y}px))`,
  }
  const isHudInside = viewport.scale === 'fit' && box.width >= leastHudWidth
  const isFailed = content.job?.status === 'failed' && content.job.failure !== null
  const isWaiting = (content.job?.status === 'queued' || isRunning) && url === null
  const isOverWithNothing = content.job !== null && !isRunning && !isWaiting && !isFailed && url === null
  const isEmpty = content.image === null && content.job === null

  const shelfLook =
    !isRunning || isWaiting
      ? null
      : !isHudInside
        ? styles.overHud
        : stageSize.width < leastWidthBesideStop
          ? styles.overStop
          : styles.besideStop

  return (
    <div
      ref={element}
      className={cx(styles.stage, controls.isPanning && styles.panning, viewport.scale !== 'fit' && styles.zoomed)}
      role="group"
      aria-label={stageName(content)}
      tabIndex={0}
      data-region="stage"
      onKeyDown={onKeyDown}
      onPointerDown={controls.onPointerDown}
      onDoubleClick={(event) => {
        if (event.target instanceof HTMLImageElement) (viewport.scale === 'fit' ? controls.actualSize : controls.fit)()
      }}
    >
      {isEmpty ? <EmptyStage /> : null}
      {isFailed && content.job?.failure ? <JobFailed job={content.job} failure={content.job.failure} /> : null}
      {isWaiting && content.job ? <LoadingCard job={content.job} /> : null}
      {isOverWithNothing ? <p className={styles.quiet}>Stopped before there was a picture to keep.</p> : null}
      {url !== null && !isFailed && !isEmpty ? (
        <div className={styles.picture} style={box}>
          {content.image !== null && other !== null ? (
            <CompareView left={content.image} right={other} isPixelated={isPixelArt} />
          ) : (
            <img
              src={url}
              alt={content.settings === null ? '' : fieldsByKey.prompt.read(content.settings)}
              className={cx(styles.image, isPixelArt && styles.pixels)}
              draggable={viewport.scale === 'fit'}
              onDragStart={(event) => {
                if (content.assetId !== null && content.settings !== null) {
                  dragOut(feature, event, content.assetId, content.settings)
                }
              }}
            />
          )}
          {isRunning && content.job && isHudInside ? <ProgressHud job={content.job} isInside /> : null}
        </div>
      ) : null}
      {isRunning && content.job && url !== null && !isHudInside ? <ProgressHud job={content.job} /> : null}
      {url === null || isEmpty || isFailed ? null : (
        <StageToolbar
          content={content}
          controls={controls}
          element={element}
          isPixelated={isPixelArt}
          onPixels={() => setSmooth(!isSmooth)}
        />
      )}
      <ToastShelf className={cx(styles.shelf, shelfLook)} />
      {isRunning && !isWaiting ? (
        <div className={styles.stop}>
          <Button variant="over" keys="Escape" onPress={() => void stop(feature)}>
            <Square size={12} strokeWidth={2} aria-hidden />
            Stop
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function dragOut(
  feature: ReturnType<typeof useImageFeature>,
  event: React.DragEvent,
  assetId: string,
  settings: { readonly prompt: string; readonly seed: number },
): void {
  feature.studio.host.dragImage(event.nativeEvent, assetId as never, dragName(settings))
}

function dragName({ prompt, seed }: { readonly prompt: string; readonly seed: number }): string {
  return `${prompt.slice(0, 40).replace(/[^\p{L}\p{N}]+/gu, '-')}-${seed}.png`
}

function stageName(content: ReturnType<typeof useStageContent>): string {
  if (content.settings === null) return 'Stage, empty'
  const what = content.image === null ? 'Run in progress' : 'Picture'
  return `${what}: ${content.settings.prompt}`
}
