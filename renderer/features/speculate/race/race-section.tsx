import { useCallback, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useElementSize } from '../../../ui/hooks'
import { plural } from '../../../ui/format'
import { useRace, useSpeculate } from '../context'
import { raceDuration } from '../model/clock'
import type { ShownRace } from '../race-store'
import { samplingWords, sameTextWords, speedupOf } from '../selectors'
import { clockWords, roomFor, ticksOf } from './axis'
import { laneOrder } from './lane-order'
import { RaceLane, WaitingLane } from './race-lane'
import styles from './race-section.module.css'
import { useClock } from './use-clock'

const nameWidth = 120
const figuresWidth = 118
/** Ticks nearer to the clock than this are hidden: its ground would leave half a letter of them. */
const clockRoom = 50
/** Room behind the longest lane for its time. */
const endRoom = 58

/** All runs over one clock. They were measured one after another, and are shown as if they had started together. */
export function RaceSection() {
  const race = useRace()
  return race === null ? null : <Lanes race={race} />
}

function Lanes({ race }: { readonly race: ShownRace }) {
  const { view } = useSpeculate()
  const element = useRef<HTMLElement>(null)
  const now = useRef<HTMLSpanElement>(null)
  const axis = useRef<HTMLDivElement>(null)
  const size = useElementSize(element)
  const shown = useStore(view, ({ run }) => run)
  const duration = raceDuration(race.runs)
  const span = race.isRunning ? roomFor(duration) : Math.max(1, duration)
  const width = Math.max(80, (size.width || 900) - nameWidth - figuresWidth - endRoom)
  const tallest = race.runs.reduce((most, run) => Math.max(most, run.tallest), 4)
  const ticks = useMemo(() => ticksOf(span, 6), [span])
  const longest = race.runs.reduce((most, { tokenCount }) => Math.max(most, tokenCount), 0)

  const onTime = useCallback(
    (time: number) => {
      const x = (Math.min(time, span) / span) * width
      element.current?.style.setProperty('--played', `${x}px`)
      if (now.current !== null) now.current.textContent = clockWords(time)
      ticks.forEach((tick, index) => {
        const isNear = Math.abs((tick / span) * width - x) < clockRoom
        axis.current?.children[index]?.toggleAttribute('hidden', isNear)
      })
    },
    [span, width, ticks],
  )
  useClock(onTime)

  return (
    <section ref={element} className={styles.race} aria-label="Race">
      <header className={styles.head}>
        <h2>Race</h2>
        <span className={styles.note}>
          {plural(longest, 'token')} {race.isRunning ? 'so far' : 'each'}. A bar is one round; its height is the tokens
          it gave.
        </span>
        <span className={styles.end}>
          {[samplingWords(race.settings.sampling), sameTextWords(race), race.isPartial ? 'stopped early' : null]
            .filter((part) => part !== null)
            .join(', ')}
        </span>
      </header>
      <div className={styles.lanes}>
        {laneOrder(race).map(({ index, run, strategy }) =>
          run === undefined ? (
            <WaitingLane key={index} strategy={strategy} />
          ) : (
            <RaceLane
              key={index}
              index={index}
              run={run}
              factor={speedupOf(run, race)}
              isOver={run.result !== null || !race.isRunning}
              isShown={index === shown}
              span={span}
              width={width}
              tallest={tallest}
            />
          ),
        )}
        <div className={styles.playhead} style={{ left: nameWidth }} aria-hidden />
      </div>
      <div ref={axis} className={styles.axis} style={{ marginLeft: nameWidth, width }} aria-hidden>
        {ticks.map((tick) => (
          <span key={tick} style={{ left: (tick / span) * width }}>
            {tick / 1000} s
          </span>
        ))}
        <span ref={now} className={styles.now} />
      </div>
    </section>
  )
}
