import { memo, useEffect, useRef, type CSSProperties, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import type { Round } from '../../../../contract/speculation'
import { cx } from '../../../ui/cx'
import { Kbd } from '../../../ui/kbd'
import { useRows } from '../../../ui/use-rows'
import { hideCard, showCard } from '../card/show-card'
import { visible } from '../card/story-words'
import { useBrush, useShownRun, useSpeculate } from '../context'
import { roundAt } from '../model/clock'
import { roundLane, type LaneCell } from '../model/round-lane'
import { roundMilliseconds, type RunTrace } from '../model/run-trace'
import { setMark, type Mark } from '../view-store'
import styles from './rounds-section.module.css'

const rowHeight = 27

/** One row a round: what was drafted place by place, and the token that the target gave of its own. */
export function RoundsSection() {
  const run = useShownRun()
  return (
    <section className={styles.rounds} aria-label="Rounds" data-region="rounds">
      {run === null || run.roundCount === 0 ? <Heading note="" /> : <Rows run={run} />}
    </section>
  )
}

function Heading({ note }: { readonly note: string }) {
  return (
    <header className={styles.head}>
      <h2>Rounds</h2>
      <span>{note}</span>
      <i>
        <Kbd keys="j" />
        <Kbd keys="k" />
      </i>
    </header>
  )
}

function Rows({ run }: { readonly run: RunTrace }) {
  const { view, playback } = useSpeculate()
  const scroller = useRef<HTMLDivElement>(null)
  const runIndex = useStore(view, (state) => state.run)
  const current = useStore(view, ({ time }) => roundAt(run, time))
  const marked = useStore(view, ({ mark, pinned }) => (mark ?? pinned)?.round ?? -1)
  const brushed = useBrush()?.rounds
  const rows = useRows(scroller, run.roundCount, rowHeight, 6)
  const items = rows.getVirtualItems()
  const places = Math.max(1, run.deepest)

  // The round that the replay stands at stays in sight, with rounds before and after it.
  useEffect(() => {
    const list = scroller.current
    if (list === null || current < 0) return
    // What the virtual list knows already: to ask the element would lay out the page anew with every round.
    const seen = Math.floor((rows.scrollRect?.height ?? 0) / rowHeight)
    const top = (rows.scrollOffset ?? 0) / rowHeight
    if (current >= top + 1 && current <= top + seen - 3) return
    // Page by page in the direction of travel: each scroll has the page laid out, and a replay passes many rounds a second.
    const step = current - top
    const isNear = Math.abs(step) <= 2 * seen
    const before = !isNear ? Math.floor(seen / 2) : step > 0 ? 1 : Math.max(1, seen - 3)
    list.scrollTop = Math.max(0, current - before) * rowHeight
  }, [current, rows])

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -run.roundCount, End: run.roundCount }[
      event.key
    ]
    if (step === undefined) return
    event.preventDefault()
    playback.step(step)
  }

  return (
    <>
      <Heading note={`${current + 1} of ${run.roundCount}`} />
      <div className={styles.columns} style={{ '--places': places } as CSSProperties}>
        <div className={styles.labels} aria-hidden>
          <span />
          {Array.from({ length: places }, (_, index) => (
            <span key={index}>{index + 1}</span>
          ))}
          <span>target’s</span>
          <span>out</span>
          <span>ms</span>
        </div>
        <div
          ref={scroller}
          className={styles.scroller}
          role="listbox"
          tabIndex={0}
          aria-label={`Rounds, ${run.roundCount}`}
          aria-activedescendant={`round-${current}`}
          onKeyDown={onKeyDown}
          onScroll={() => hideCard(view)}
          onPointerLeave={() => {
            setMark(view, null)
            hideCard(view)
          }}
        >
          <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="presentation">
            {items.map(({ index, start }) => (
              <RoundRow
                key={index}
                index={index}
                top={start}
                round={run.rounds[index]!}
                run={runIndex}
                places={places}
                isCurrent={index === current}
                isLater={index > current}
                isMarked={index === marked}
                isBrushed={brushed?.has(index) === true}
              />
            ))}
          </div>
        </div>
      </div>
    </>
  )
}

interface RoundRowProps {
  readonly index: number
  readonly top: number
  readonly round: Round
  readonly run: number
  readonly places: number
  readonly isCurrent: boolean
  readonly isLater: boolean
  readonly isMarked: boolean
  readonly isBrushed: boolean
}

const RoundRow = memo(function RoundRow(props: RoundRowProps) {
  const { index, top, round, run, places, isCurrent, isLater, isMarked, isBrushed } = props
  const { view, playback } = useSpeculate()
  const { cells, own } = roundLane(round)

  function mark(element: Element, at: Partial<Mark>): void {
    setMark(view, { run, round: index, place: null, node: null, ...at })
    showCard(view, element)
  }

  return (
    <div
      id={`round-${index}`}
      role="option"
      aria-selected={isCurrent}
      aria-label={`Round ${index + 1}: ${cells.map(cellWords).filter(Boolean).join(', ')}${own === null ? '' : `, then ${visible(own.text)}`}, ${round.emitted.length} out`}
      className={cx(
        styles.row,
        isCurrent && styles.current,
        isLater && styles.later,
        isMarked && styles.marked,
        isBrushed && styles.brushed,
      )}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => playback.seekRound(index)}
      onPointerEnter={() => setMark(view, { run, round: index, place: null, node: null })}
    >
      <span className={styles.number}>{index + 1}</span>
      {Array.from({ length: places }, (_, place) => {
        const cell = cells[place]
        const node = cell?.node ?? null
        return (
          <span
            key={place}
            className={cx(styles.cell, styles[cell?.verdict ?? 'absent'])}
            onPointerEnter={(event) => {
              if (node !== null) mark(event.currentTarget, { node: node.id })
            }}
          >
            {node === null ? '' : visible(node.text)}
          </span>
        )
      })}
      <span
        className={cx(styles.cell, own === null ? styles.absent : styles[own.origin])}
        onPointerEnter={(event) => {
          if (own !== null) mark(event.currentTarget, { place: round.emitted.length - 1 })
        }}
      >
        {own === null ? '' : visible(own.text)}
      </span>
      <b className={styles.out}>{round.emitted.length}</b>
      <span className={styles.time}>{roundMilliseconds(round).toFixed(1)}</span>
    </div>
  )
})

function cellWords({ node, verdict }: LaneCell): string {
  return node === null ? '' : `${visible(node.text)} ${verdict}`
}
