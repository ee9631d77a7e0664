import { useRef } from 'react'
import type { Frame, GenerateSettings } from '../../../../contract/images'
import type { Job } from '../../../../contract/jobs'
import { useStudio } from '../../../studio/context'
import { Button } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { useDecodedImage, useElementSize } from '../../../ui/hooks'
import { useImageFeature } from '../feature'
import { filmCells, type FilmCell } from './film-cells'
import styles from './film-strip.module.css'
import { useStageContent, type StageContent } from './stage-content'

const leastCellWidth = 46

/** The way from noise to picture, frame by frame. Arrow keys walk every frame, also those without a cell of their own. */
export function FilmStrip() {
  const content = useStageContent()
  const { frames, settings, job } = content
  if (settings === null || (frames.length === 0 && !(isComing(job) && settings.previewEvery > 0))) return null
  return <Film content={content} settings={settings} />
}

function isComing(job: Job | null): boolean {
  return job?.status === 'running' || job?.status === 'queued'
}

interface FilmProps {
  readonly content: StageContent
  readonly settings: GenerateSettings
}

function Film({ content, settings }: FilmProps) {
  const { studio, view } = useImageFeature()
  const { assetUrl } = useStudio()
  const element = useRef<HTMLDivElement>(null)
  const { width } = useElementSize(element)
  const { frames, image, frameIndex, steps } = content

  const isRunning = image === null
  const expected = isRunning ? expectedFrames(steps, settings.previewEvery) : frames.length
  const shownIndex = frameIndex ?? frames.length - 1
  const cells = filmCells(
    frames,
    Math.max(expected, frames.length),
    Math.max(4, Math.floor(width / leastCellWidth)),
    shownIndex,
  )
  const step = frames[shownIndex]?.step ?? 0
  const isScrubbing = frameIndex !== null

  function go(index: number): void {
    view.setState({
      frameIndex: index >= frames.length - 1 && isRunning ? null : Math.max(0, Math.min(index, frames.length - 1)),
    })
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowLeft: shownIndex - 1,
      ArrowRight: shownIndex + 1,
      PageUp: shownIndex - 5,
      PageDown: shownIndex + 5,
      Home: 0,
      End: frames.length - 1,
    }
    const target = targets[event.key]
    if (event.key === 'Escape' && isScrubbing) view.setState({ frameIndex: null })
    else if (target !== undefined) go(target)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <section className={styles.film}>
      <header className={styles.head}>
        <h2>Trajectory</h2>
        <span>latent previews, {isScrubbing ? `step ${step} of ${steps}` : `step 0 to ${steps}`}</span>
        {isScrubbing ? (
          <Button size="sm" variant="ghost" className={styles.back} onPress={() => view.setState({ frameIndex: null })}>
            {isRunning ? 'Follow the run' : 'Back to the picture'}
          </Button>
        ) : null}
      </header>
      <div
        ref={element}
        className={styles.cells}
        role="slider"
        tabIndex={0}
        aria-label="Frame of the trajectory"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, frames.length - 1)}
        aria-valuenow={shownIndex}
        aria-valuetext={`Step ${step} of ${steps}`}
        onKeyDown={onKeyDown}
      >
        {cells.map((cell) => (
          <Cell
            key={cell.slot}
            cell={cell}
            isNow={cell.isNow && (isScrubbing || isRunning)}
            url={cell.frame === null ? null : assetUrl(cell.frame.assetId)}
            label={cell.frame?.step ?? stepOfSlot(cell.slot, settings.previewEvery, steps)}
            onPick={() => cell.index !== null && go(cell.index)}
            onDrag={(event, frame) =>
              studio.host.dragImage(event.nativeEvent, frame.assetId, `${settings.seed}-step-${frame.step}.png`)
            }
          />
        ))}
      </div>
    </section>
  )
}

interface CellProps {
  readonly cell: FilmCell
  readonly isNow: boolean
  readonly url: string | null
  readonly label: number
  readonly onPick: () => void
  readonly onDrag: (event: React.DragEvent, frame: Frame) => void
}

function Cell({ cell, isNow, url, label, onPick, onDrag }: CellProps) {
  const { frame } = cell
  // The cell of the run in hand changes with every step: an empty one in between would blink.
  const shown = useDecodedImage(url, true)
  return (
    <figure className={cx(styles.cell, isNow && styles.now)} onPointerDown={onPick}>
      {shown === null || frame === null ? (
        <span className={styles.todo} />
      ) : (
        <img src={shown} alt="" draggable onDragStart={(event) => onDrag(event, frame)} />
      )}
      <figcaption>{label}</figcaption>
    </figure>
  )
}

function expectedFrames(steps: number, every: number): number {
  return every === 0 ? 0 : Math.floor(steps / every) + 1
}

function stepOfSlot(slot: number, every: number, steps: number): number {
  return Math.min(steps, slot * Math.max(1, every))
}
