import { Pause, Play, StepBack, StepForward } from 'lucide-react'
import { memo, useCallback, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useStore } from 'zustand'
import { RoundBars } from '../../../charts/round-bars'
import { IconButton } from '../../../ui/button'
import { useElementSize } from '../../../ui/hooks'
import { Segmented } from '../../../ui/segmented'
import { useBrush, useRace, useShownRun, useSpeculate } from '../context'
import { raceDuration, roundAt } from '../model/clock'
import type { RunTrace } from '../model/run-trace'
import { clockWords } from '../race/axis'
import { useClock } from '../race/use-clock'
import { speeds } from '../view-store'
import styles from './scrubber.module.css'

/** Replays the race: all runs over one clock, or round by round of the run that is shown. */
export function Scrubber() {
  return (
    <div className={styles.scrubber} role="group" aria-label="Replay" data-region="replay">
      <Buttons />
      <Place />
      <Speed />
    </div>
  )
}

/** Apart from what changes with every round, so that it is not drawn anew with it. */
const Buttons = memo(function Buttons() {
  const { playback, view, race } = useSpeculate()
  const isPlaying = useStore(view, (state) => state.isPlaying)
  const isRunning = useStore(race, (state) => state.race?.isRunning === true)
  return (
    <>
      <IconButton
        label={isPlaying ? 'Pause' : 'Play'}
        keys="Space"
        size="md"
        variant="default"
        isDisabled={isRunning}
        onPress={() => playback.toggle()}
      >
        {isPlaying ? <Pause size={14} /> : <Play size={14} />}
      </IconButton>
      <IconButton label="Previous round" keys="k" size="md" onPress={() => playback.step(-1)}>
        <StepBack size={14} />
      </IconButton>
      <IconButton label="Next round" keys="j" size="md" onPress={() => playback.step(1)}>
        <StepForward size={14} />
      </IconButton>
    </>
  )
})

function Place() {
  const race = useRace()
  const run = useShownRun()
  if (race === null || run === null || run.roundCount === 0) return <span className={styles.track} />
  return (
    <>
      <RoundNumber run={run} />
      <Track run={run} />
      <Times duration={raceDuration(race.runs)} />
    </>
  )
}

const Speed = memo(function Speed() {
  const { view } = useSpeculate()
  const speed = useStore(view, (state) => state.speed)
  return (
    <Segmented
      label="Speed"
      size="sm"
      value={String(speed)}
      options={speeds.map((one) => ({ key: String(one), label: `${one}×`, name: `${one} times speed` }))}
      onChange={(key) => view.setState({ speed: Number(key) })}
    />
  )
})

function RoundNumber({ run }: { readonly run: RunTrace }) {
  const { view } = useSpeculate()
  const round = useStore(view, ({ time }) => roundAt(run, time))
  return (
    <span className={styles.round}>
      <b>Round {round + 1}</b> of {run.roundCount}
    </span>
  )
}

function Times({ duration }: { readonly duration: number }) {
  const element = useRef<HTMLSpanElement>(null)
  const onTime = useCallback((time: number) => {
    if (element.current !== null) element.current.textContent = (time / 1000).toFixed(2)
  }, [])
  useClock(onTime)
  return (
    <span className={styles.times}>
      <span ref={element} /> / {clockWords(duration)}
    </span>
  )
}

function Track({ run }: { readonly run: RunTrace }) {
  const { playback, view } = useSpeculate()
  const element = useRef<HTMLDivElement>(null)
  const { width: measured } = useElementSize(element)
  const width = measured || 600
  const count = run.roundCount
  const brush = useBrush()
  const round = useStore(view, ({ time }) => roundAt(run, time))
  const barAt = useCallback(
    (index: number) => ({ from: index, to: index + 1, accepted: run.rounds[index]!.emitted.length, own: null }),
    [run],
  )

  function seek(event: PointerEvent<HTMLDivElement>): void {
    const { left } = event.currentTarget.getBoundingClientRect()
    playback.seekRound(Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - left) / width) * count))))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Record<string, number> = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 10,
      PageDown: -10,
      Home: -count,
      End: count,
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    playback.step(move)
  }

  const chart = { count, barAt, span: count, tallest: run.tallest, width, height: 20, chosen: brush?.rounds ?? null }
  const end = ((round + 1) / count) * width
  return (
    <div
      ref={element}
      className={styles.track}
      role="slider"
      tabIndex={0}
      aria-label="Round"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={round + 1}
      aria-valuetext={`Round ${round + 1} of ${count}`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        seek(event)
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) seek(event)
      }}
    >
      <RoundBars {...chart} tone="quiet" className={styles.later} />
      <span className={styles.clip} style={{ clipPath: `inset(0 ${width - end}px 0 0)` }}>
        <RoundBars {...chart} tone="strong" />
      </span>
      <i className={styles.current} style={{ left: (round / count) * width, width: Math.max(2, width / count - 1) }} />
      <i className={styles.rail} />
      <i className={styles.done} style={{ transform: `scaleX(${end / width})` }} />
    </div>
  )
}
