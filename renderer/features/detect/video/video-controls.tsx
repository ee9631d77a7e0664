import { CameraOff, ChevronFirst, ChevronLast, Pause, Play, TriangleAlert, X } from 'lucide-react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { useStore } from 'zustand'
import { Button, IconButton } from '../../../ui/button'
import { groupDigits } from '../../../ui/format'
import { NumberInput } from '../../../ui/number-input'
import { Spinner } from '../../../ui/spinner'
import { clearStage } from '../actions'
import { useDetect } from '../context'
import styles from './video-controls.module.css'

/** Play, seek and step, and how many frames the model keeps up with. */
export function VideoControls() {
  const feature = useDetect()
  const { video } = feature
  const { kind, isOpening, problem } = useStore(video.store)
  if (kind === null && !isOpening && problem === null) return null
  return (
    <section className={styles.controls} aria-label="Video" data-region="video">
      {isOpening ? (
        <span className={styles.words} role="status">
          <Spinner /> Asking for the camera
        </span>
      ) : null}
      {problem === null ? null : (
        <span className={styles.problem} role="alert">
          <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />
          {problem}
        </span>
      )}
      {kind === 'film' ? <Film /> : null}
      {kind === 'camera' ? <span className={styles.live}>Live</span> : null}
      {kind === null ? null : <Figures />}
      {kind === 'camera' ? (
        <Button size="sm" onPress={() => clearStage(feature)}>
          <CameraOff size={12} strokeWidth={2} aria-hidden />
          Switch off
        </Button>
      ) : (
        <IconButton label="Close" onPress={() => clearStage(feature)}>
          <X size={14} strokeWidth={1.75} />
        </IconButton>
      )}
    </section>
  )
}

function Film() {
  const { video } = useDetect()
  const { isPlaying, time, duration } = useStore(video.store)
  return (
    <>
      <IconButton label="One frame back" keys="Comma" onPress={() => video.step(-1)}>
        <ChevronFirst size={14} strokeWidth={1.75} />
      </IconButton>
      <IconButton label={isPlaying ? 'Pause' : 'Play'} keys="Space" onPress={() => video.toggle()}>
        {isPlaying ? <Pause size={14} strokeWidth={1.75} /> : <Play size={14} strokeWidth={1.75} />}
      </IconButton>
      <IconButton label="One frame on" keys="Period" onPress={() => video.step(1)}>
        <ChevronLast size={14} strokeWidth={1.75} />
      </IconButton>
      <Slider
        aria-label="Place in the video"
        className={styles.seek!}
        value={Math.min(time, duration)}
        minValue={0}
        maxValue={Math.max(0.01, duration)}
        step={0.01}
        onChange={(seconds) => video.seek(seconds)}
      >
        <SliderTrack className={styles.track!}>
          {({ state }) => (
            <>
              <span className={styles.fill} style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
              <SliderThumb className={styles.thumb!} />
            </>
          )}
        </SliderTrack>
      </Slider>
      <span className={styles.words}>
        {clock(time)} / {clock(duration)}
      </span>
    </>
  )
}

/** What the model kept up with, and what it did not. */
function Figures() {
  const { form, video } = useDetect()
  const { frames, looked, dropped, looksPerSecond, frameRate } = useStore(video.store)
  const everyNth = useStore(form, (state) => state.everyNth)
  return (
    <>
      <label className={styles.nth}>
        every
        <NumberInput
          label="Look at every so manieth frame"
          value={everyNth}
          min={1}
          max={60}
          onChange={(next) => form.setState({ everyNth: next })}
        />
      </label>
      <span
        className={styles.figures}
        title={`${groupDigits(frames)} frames came by${frameRate === null ? '' : `, ${frameRate.toFixed(0)} a second`}`}
      >
        {groupDigits(looked)} looked at{looksPerSecond === null ? '' : `, ${looksPerSecond.toFixed(1)}/s`}
        {dropped > 0 ? `, ${groupDigits(dropped)} dropped` : ''}
      </span>
    </>
  )
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, '0')}`
}
