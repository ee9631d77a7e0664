import { memo, useCallback, useRef, type PointerEvent } from 'react'
import { useStore } from 'zustand'
import type { Strategy } from '../../../../contract/speculation'
import { RoundBars, type RoundBar } from '../../../charts/round-bars'
import { cx } from '../../../ui/cx'
import { useBrush, useSpeculate } from '../context'
import { firstAbove } from '../model/clock'
import { durationOf, type RunTrace } from '../model/run-trace'
import { strategyDetail, strategyLabel } from '../model/strategies'
import { speedOf } from '../selectors'
import { setMark } from '../view-store'
import { clockWords } from './axis'
import styles from './race-lane.module.css'

interface RaceLaneProps {
  readonly index: number
  readonly run: RunTrace
  /** Against plain decoding; null while it is not measured. */
  readonly factor: number | null
  /** No more rounds will come. */
  readonly isOver: boolean
  readonly isShown: boolean
  readonly span: number
  readonly width: number
  readonly tallest: number
}

const barsHeight = 24

/** One run: what it is, its rounds over the clock, and how fast it was. */
export const RaceLane = memo(function RaceLane(props: RaceLaneProps) {
  const { index, run, factor, isOver, isShown, span, width, tallest } = props
  const { view } = useSpeculate()
  const brush = useBrush()
  const bars = useRef<HTMLSpanElement>(null)
  const barAt = useCallback((at: number) => roundBar(run, at), [run])
  const duration = durationOf(run)
  const end = (duration / span) * width
  const name = strategyLabel(run.strategy)

  function markRound(event: PointerEvent): void {
    if (!isShown || bars.current === null) return
    const time = ((event.clientX - bars.current.getBoundingClientRect().left) / width) * span
    const round = firstAbove(run.ends, run.roundCount, time)
    setMark(view, time < 0 || round >= run.roundCount ? null : { run: index, round, place: null, node: null })
  }

  const chart = {
    count: run.roundCount,
    barAt,
    span,
    tallest,
    width,
    height: barsHeight,
    chosen: isShown ? (brush?.rounds ?? null) : null,
    tone: isShown ? ('origin' as const) : ('quiet' as const),
  }
  return (
    <button
      type="button"
      className={cx(styles.lane, isShown && styles.shown)}
      aria-pressed={isShown}
      aria-label={`${name}, ${strategyDetail(run.strategy)}: ${speedOf(run).toFixed(1)} tokens a second${factor === null ? '' : `, ${factor.toFixed(2)} times plain`}`}
      onClick={() => view.setState({ run: index, mark: null, pinned: null, isFollowing: false })}
      onPointerMove={markRound}
      onPointerLeave={() => setMark(view, null)}
    >
      <span className={styles.name}>
        <b>{name}</b>
        <span>{strategyDetail(run.strategy)}</span>
      </span>
      <span ref={bars} className={styles.bars} style={{ width }}>
        <RoundBars {...chart} className={styles.later} />
        <RoundBars {...chart} className={styles.played} />
        {isShown ? <MarkedRound index={index} run={run} scale={width / span} /> : null}
        <span className={cx(styles.total, isShown && styles.strong)} style={{ left: end + 8 }}>
          {isOver ? clockWords(duration) : ''}
        </span>
      </span>
      <span className={styles.figures}>
        <b>{run.tokenCount === 0 ? '–' : speedOf(run).toFixed(1)}</b>
        <span>tok/s</span>
        <em className={cx(factor !== null && factor < 0.98 && styles.slow)}>
          {factor !== null ? `${factor.toFixed(2)}×` : isOver ? '' : 'running'}
        </em>
      </span>
    </button>
  )
})

export function WaitingLane({ strategy }: { readonly strategy: Strategy }) {
  return (
    <div className={cx(styles.lane, styles.waiting)}>
      <span className={styles.name}>
        <b>{strategyLabel(strategy)}</b>
        <span>{strategyDetail(strategy)}</span>
      </span>
      <span className={styles.turn}>waits for its turn</span>
    </div>
  )
}

function MarkedRound({
  index,
  run,
  scale,
}: {
  readonly index: number
  readonly run: RunTrace
  readonly scale: number
}) {
  const { view } = useSpeculate()
  const round = useStore(view, ({ mark, pinned }) => {
    const at = mark ?? pinned
    return at?.run === index ? at.round : -1
  })
  const to = run.ends[round]
  if (to === undefined) return null
  const from = run.ends[round - 1] ?? 0
  return <i className={styles.mark} style={{ left: from * scale - 1, width: Math.max(3, (to - from) * scale + 1) }} />
}

export function roundBar(run: RunTrace, at: number): RoundBar {
  const round = run.rounds[at]!
  const last = round.emitted.at(-1)?.origin
  const own = last === undefined || last === 'accepted' ? null : last
  return {
    from: run.ends[at - 1] ?? 0,
    to: run.ends[at]!,
    accepted: round.emitted.length - (own === null ? 0 : 1),
    own,
  }
}
