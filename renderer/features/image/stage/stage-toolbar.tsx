import { Columns2, Grid2x2, Maximize, RectangleHorizontal, X } from 'lucide-react'
import type { RefObject } from 'react'
import { useStore } from 'zustand'
import { Button, IconButton } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Segmented } from '../../../ui/segmented'
import { swapCompare, toggleCompare } from '../actions'
import { useImageFeature } from '../feature'
import { describeSteps } from '../steps'
import type { CompareMode } from '../view-store'
import type { StageContent } from './stage-content'
import styles from './stage-toolbar.module.css'
import type { ViewportControls } from './use-viewport'

interface StageToolbarProps {
  readonly content: StageContent
  readonly controls: ViewportControls
  readonly element: RefObject<HTMLElement | null>
  readonly isPixelated: boolean
  readonly onPixels: () => void
}

export function StageToolbar({ content, controls, element, isPixelated, onPixels }: StageToolbarProps) {
  const feature = useImageFeature()
  const isComparing = useStore(feature.view, (state) => state.compareId !== null)
  const { viewport, scale } = controls
  const zoom = viewport.scale === 'fit' ? 'fit' : viewport.scale === 1 ? 'actual' : null
  return (
    <>
      <div className={styles.left} data-zoomed={viewport.scale !== 'fit' || undefined}>
        <Chip>{describe(content)}</Chip>
        {isComparing ? <CompareBar /> : null}
      </div>
      <div className={styles.right} data-zoomed={viewport.scale !== 'fit' || undefined}>
        {zoom === null ? <span className={styles.zoom}>{Math.round(scale * 100)}%</span> : null}
        <Segmented
          label="Zoom"
          size="sm"
          value={zoom}
          options={[
            { key: 'fit', label: 'Fit' },
            { key: 'actual', label: '100%' },
          ]}
          onChange={(key) => (key === 'fit' ? controls.fit : controls.actualSize)()}
        />
        {scale >= 2 ? (
          <IconButton
            label={isPixelated ? 'Smooth the pixels' : 'Show the pixels'}
            isOn={isPixelated}
            onPress={onPixels}
          >
            <Grid2x2 size={14} strokeWidth={1.75} />
          </IconButton>
        ) : null}
        {content.image === null ? null : (
          <IconButton
            label={isComparing ? 'Leave the comparison' : 'Compare with the picture before'}
            keys="c"
            isOn={isComparing}
            onPress={() => toggleCompare(feature)}
          >
            <Columns2 size={14} strokeWidth={1.75} />
          </IconButton>
        )}
        {content.image === null ? null : (
          <IconButton label="Quick look" keys="Space" onPress={() => feature.view.setState({ isQuickLook: true })}>
            <RectangleHorizontal size={14} strokeWidth={1.75} />
          </IconButton>
        )}
        <IconButton label="Full screen" onPress={() => void toggleFullScreen(element.current)}>
          <Maximize size={14} strokeWidth={1.75} />
        </IconButton>
      </div>
    </>
  )
}

const compareModes: readonly { readonly key: CompareMode; readonly label: string }[] = [
  { key: 'slider', label: 'Slider' },
  { key: 'side', label: 'Side by side' },
  { key: 'difference', label: 'Difference' },
]

function CompareBar() {
  const feature = useImageFeature()
  const mode = useStore(feature.view, (state) => state.compareMode)
  return (
    <>
      <Segmented
        label="How to compare"
        size="sm"
        value={mode}
        options={compareModes}
        onChange={(compareMode) => feature.view.setState({ compareMode })}
      />
      <Button size="sm" variant="ghost" keys="x" onPress={() => swapCompare(feature)}>
        Swap
      </Button>
      <IconButton label="Leave the comparison" keys="c" onPress={() => feature.view.setState({ compareId: null })}>
        <X size={14} />
      </IconButton>
    </>
  )
}

function describe({ image, job, frame, settings, steps }: StageContent): string {
  if (frame !== null && settings !== null) return `Latent preview, step ${frame.step} of ${steps}`
  if (job !== null) {
    if (job.status === 'queued') return 'Waiting in the queue'
    const every = settings?.previewEvery ?? 1
    return every === 0
      ? 'Without previews'
      : every === 1
        ? 'Live preview, every step'
        : `Live preview, every ${every} steps`
  }
  if (image === null) return ''
  const size = `${image.width} × ${image.height}`
  return image.partial ? `${size}, ${describeSteps(image)}` : size
}

async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen()
  else await element?.requestFullscreen()
}
