import { useEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useStore } from 'zustand'
import { announce } from '../../../ui/live-region'
import { useSpeculate } from '../context'
import { roundAt, tokensBy } from '../model/clock'
import type { RunTrace } from '../model/run-trace'
import { tokenStory } from '../model/token-story'
import { hideCard, showCard } from '../card/show-card'
import { storySentence } from '../card/story-words'
import { setMark, type Mark } from '../view-store'
import styles from './output-text.module.css'
import { textBlocks, type TextBlock } from './text-blocks'
import { TextPiece } from './text-piece'

/** The text itself. The pointer or the arrow keys walk its tokens. */
export function OutputText({ run }: { readonly run: RunTrace }) {
  const { view, playback } = useSpeculate()
  const element = useRef<HTMLDivElement>(null)
  const runIndex = useStore(view, (state) => state.run)
  const { accepted, corrected, bonus } = useStore(view, (state) => state.origins)
  const isPlainText = useStore(view, (state) => state.isPlainText)
  const blocks = useMemo(() => textBlocks(run.tokens, run.tokenCount), [run])
  const isPlain = run.strategy.name === 'plain'

  // New text is followed as long as its end was in sight.
  const isAtEnd = useRef(true)
  useEffect(() => {
    const text = element.current
    if (text !== null && isAtEnd.current && view.getState().isFollowing) text.scrollTop = text.scrollHeight
  }, [run.tokenCount, view])

  function markOf(index: number): Mark | null {
    const token = run.tokens[index]
    return token === undefined ? null : { run: runIndex, round: token.round, place: token.place, node: null }
  }

  function onPointerOver(event: PointerEvent): void {
    const target = tokenAt(event.target)
    if (target === null) return
    setMark(view, markOf(target.index))
    showCard(view, target.element)
  }

  function leave(): void {
    setMark(view, null)
    hideCard(view)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && view.getState().pinned !== null) {
      event.preventDefault()
      view.setState({ pinned: null })
      hideCard(view)
      return
    }
    const { pinned } = view.getState()
    const at = pinned === null || pinned.place === null ? -1 : (run.firstTokens[pinned.round] ?? 0) + pinned.place
    const next = nextToken(event.key, at, run.tokenCount)
    if (next === null) return
    event.preventDefault()
    const mark = markOf(next)
    view.setState({ pinned: mark, mark: null })
    const token = element.current?.querySelector<HTMLElement>(`[data-i="${next}"]`)
    token?.scrollIntoView({ block: 'nearest' })
    if (token) showCard(view, token)
    const story = mark === null ? null : tokenStory(run.rounds[mark.round]!, mark.place ?? 0)
    if (story !== null) announce(storySentence(story))
  }

  return (
    <div
      ref={element}
      className={styles.text}
      role="group"
      tabIndex={0}
      aria-label={`Text of ${run.tokenCount} tokens. Arrow keys walk the tokens.`}
      data-plain={isPlainText || undefined}
      data-no-accepted={!accepted || undefined}
      data-no-corrected={!corrected || undefined}
      data-no-bonus={!bonus || undefined}
      data-long={run.tokenCount > 600 || undefined}
      onPointerOver={isPlain ? undefined : onPointerOver}
      onPointerLeave={leave}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 48
        hideCard(view)
      }}
      onKeyDown={onKeyDown}
      onBlur={() => {
        view.setState({ pinned: null })
        hideCard(view)
      }}
      onClick={(event) => {
        const target = tokenAt(event.target)
        if (target !== null && window.getSelection()?.isCollapsed !== false)
          playback.seekRound(run.tokens[target.index]!.round)
      }}
    >
      {blocks.map((block) => (
        <Block key={block.start} block={block} run={run} />
      ))}
      {run.result?.finishReason === 'end' ? <span className={styles.end}>end of text</span> : null}
    </div>
  )
}

function Block({ block, run }: { readonly block: TextBlock; readonly run: RunTrace }) {
  return (
    <p className={styles.block}>
      {block.pieces.map(({ start, end }) => (
        <Piece key={start} run={run} start={start} end={end} />
      ))}
    </p>
  )
}

/** Turns the clock into what concerns this piece alone. */
function Piece({ run, start, end }: { readonly run: RunTrace; readonly start: number; readonly end: number }) {
  const { view } = useSpeculate()
  const played = useStore(view, ({ time, isFollowing }) =>
    isFollowing ? end - start : Math.max(0, Math.min(end - start, tokensBy(run, time) - start)),
  )
  const current = useStore(view, ({ time, isFollowing }) => {
    if (isFollowing) return -1
    const round = roundAt(run, time)
    return round >= run.tokens[start]!.round && round <= run.tokens[end - 1]!.round ? round : -1
  })
  return <TextPiece tokens={run.tokens} rounds={run.rounds} start={start} end={end} played={played} current={current} />
}

function tokenAt(target: EventTarget): { readonly element: HTMLElement; readonly index: number } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-i]') : null
  return element === null ? null : { element, index: Number(element.dataset['i']) }
}

function nextToken(key: string, at: number, count: number): number | null {
  if (count === 0) return null
  switch (key) {
    case 'ArrowRight':
      return Math.min(count - 1, at + 1)
    case 'ArrowLeft':
      return Math.max(0, at - 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
