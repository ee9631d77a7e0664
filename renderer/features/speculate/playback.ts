import { raceDuration, roundAt, timeOf } from './model/clock'
import type { RaceStore } from './race-store'
import type { ViewStore } from './view-store'

export interface Playback {
  /** Goes on from where the clock stands, or from the start where it stands at the end. */
  play(): void
  pause(): void
  toggle(): void
  seek(time: number): void
  /** Moves the clock to the end of a round of the shown run. */
  seekRound(round: number): void
  step(rounds: number): void
}

/** Moves the replay's clock, once a frame while it plays. */
export function createPlayback(view: ViewStore, race: RaceStore): Playback {
  let frame: number | null = null
  let last = 0

  const duration = () => raceDuration(race.getState().race?.runs ?? [])
  const shownRun = () => race.getState().race?.runs[view.getState().run]

  function tick(): void {
    frame = null
    const now = performance.now()
    const { isPlaying, time, speed } = view.getState()
    if (!isPlaying) return
    const end = duration()
    const next = Math.min(end, time + Math.max(0, now - last) * speed)
    last = now
    view.setState({ time: next, ...(next >= end ? { isPlaying: false } : {}) })
    if (next < end) frame = requestAnimationFrame(tick)
  }

  const playback: Playback = {
    play() {
      if (view.getState().isPlaying || duration() === 0) return
      const isAtEnd = view.getState().time >= duration() - 1e-6
      view.setState({ isPlaying: true, isFollowing: false, ...(isAtEnd ? { time: 0 } : {}) })
      last = performance.now()
      frame = requestAnimationFrame(tick)
    },
    pause() {
      if (frame !== null) cancelAnimationFrame(frame)
      frame = null
      view.setState({ isPlaying: false })
    },
    toggle() {
      if (view.getState().isPlaying) playback.pause()
      else playback.play()
    },
    seek(time) {
      view.setState({ time: Math.max(0, Math.min(duration(), time)), isFollowing: false })
    },
    seekRound(round) {
      const run = shownRun()
      if (run === undefined) return
      playback.pause()
      playback.seek(timeOf(run, round))
    },
    step(rounds) {
      const run = shownRun()
      if (run === undefined) return
      playback.seekRound(Math.max(0, Math.min(run.roundCount - 1, roundAt(run, view.getState().time) + rounds)))
    },
  }
  return playback
}
