import type { ReactNode } from 'react'
import { ReactCompareSlider } from 'react-compare-slider'
import type { Answer, DrawnPart } from '../../../../contract/chat'
import type { PhaseEvent } from '../../../../contract/chat-events'
import { useStudio } from '../../../studio/context'
import { cx } from '../../../ui/cx'
import { formatSize } from '../../../ui/format'
import { useDecodedImage } from '../../../ui/hooks'
import { DrawnFacts } from './drawn-facts'
import { DrawnActions } from './drawn-actions'
import styles from './drawn-picture.module.css'
import { drawnName } from './drawn-words'
import { showPicture } from './picture-look'

interface DrawnPictureProps {
  readonly answer: Answer
  readonly part: DrawnPart
  readonly index: number
  readonly phase: PhaseEvent | null
  /** What was said of it. */
  readonly children: ReactNode
}

/** A picture in the conversation: its preview while it is drawn, then itself, beside what is known about it. */
export function DrawnPicture({ answer, part, index, phase, children }: DrawnPictureProps) {
  return (
    <div className={styles.row}>
      <figure className={styles.figure} style={{ aspectRatio: `${part.width} / ${part.height}` }}>
        {part.state === 'drawing' ? <Preview part={part} phase={phase} /> : <Finished answer={answer} part={part} />}
      </figure>
      <div className={styles.words}>
        {children}
        <DrawnFacts answer={answer} part={part} phase={phase} />
        {part.state === 'drawing' ? null : <DrawnActions answer={answer} part={part} index={index} />}
      </div>
    </div>
  )
}

function Preview({ part, phase }: { readonly part: DrawnPart; readonly phase: PhaseEvent | null }) {
  const { assetUrl } = useStudio()
  const asset = part.frames.at(-1)?.assetId ?? part.assetId
  const shown = useDecodedImage(asset === null ? null : assetUrl(asset), true)
  const share = part.steps === 0 ? 0 : part.step / part.steps
  const isDecoding = phase?.phase === 'decode'
  const label = isDecoding
    ? 'Decoding'
    : part.step === 0
      ? (phase?.label ?? 'Starting to draw')
      : `Step ${part.step} of ${part.steps}`
  return (
    <>
      {shown === null ? null : <img src={shown} alt={`Preview, ${label.toLowerCase()}`} className={styles.image} />}
      <div className={styles.hud} role="progressbar" aria-label="Drawing" aria-valuenow={Math.round(share * 100)}>
        <b>{label}</b>
        <span>{Math.round(share * 100)}%</span>
        <i className={styles.track}>
          <i style={{ transform: `scaleX(${share})` }} />
        </i>
      </div>
    </>
  )
}

function Finished({ answer, part }: { readonly answer: Answer; readonly part: DrawnPart }) {
  const { assetUrl, host } = useStudio()
  const name = drawnName(answer)
  if (part.assetId === null) return <p className={styles.nothing}>Stopped before its first step</p>
  const assetId = part.assetId
  const className = styles.image
  const alt = `${answer.decision.mode === 'edit' ? 'Edited picture' : 'Drawn picture'}, ${formatSize(part.width, part.height)}`
  const picture = <img src={assetUrl(assetId)} alt={alt} className={className} draggable={false} />
  if (part.sourceId !== null) {
    return (
      <>
        <ReactCompareSlider
          className={styles.slider}
          itemOne={<img src={assetUrl(part.sourceId)} alt="Before" className={className} draggable={false} />}
          itemTwo={picture}
        />
        <span className={cx(styles.label, styles.before)}>Before</span>
        <span className={cx(styles.label, styles.after)}>{part.state === 'partial' ? 'Stopped' : 'After'}</span>
      </>
    )
  }
  return (
    <button
      type="button"
      className={styles.open}
      aria-label={`Look at it large: ${alt}`}
      draggable
      onDragStart={(event) => host.dragImage(event.nativeEvent, assetId, name)}
      onClick={() => showPicture({ assetId, title: alt })}
    >
      {picture}
      {part.state === 'partial' ? (
        <span className={cx(styles.label, styles.before)}>
          Stopped at step {part.step} of {part.steps}
        </span>
      ) : null}
    </button>
  )
}
