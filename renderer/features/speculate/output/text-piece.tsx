import { memo, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Round } from '../../../../contract/speculation'
import { cx } from '../../../ui/cx'
import { useBrush, useSpeculate } from '../context'
import { refusedAfter } from '../model/round-lane'
import type { TraceToken } from '../model/run-trace'
import styles from './output-text.module.css'
import tokenStyles from './token.module.css'

interface TextPieceProps {
  readonly tokens: readonly TraceToken[]
  readonly rounds: readonly Round[]
  readonly start: number
  readonly end: number
  /** Tokens of the piece that the replay has reached. */
  readonly played: number
  /** The round that the replay stands at, where it is in this piece; else -1. */
  readonly current: number
}

/** Some fifty tokens, grouped by round. It is drawn anew only when something in it changes. */
export const TextPiece = memo(function TextPiece({ tokens, rounds, start, end, played, current }: TextPieceProps) {
  const { view } = useSpeculate()
  const first = tokens[start]!.round
  const last = tokens[end - 1]!.round
  const markedRound = useStore(view, ({ mark, pinned }) => {
    const round = (mark ?? pinned)?.round ?? -1
    return round >= first && round <= last ? round : -1
  })
  const markedPlace = useStore(view, ({ mark, pinned }) => {
    const at = mark ?? pinned
    return at !== null && at.round >= first && at.round <= last ? at.place : null
  })
  const brushed = useBrush()?.rounds
  const showsRefused = useStore(view, (state) => state.showsRefused && !state.isPlainText)

  const groups: ReactNode[] = []
  for (let index = start; index < end;) {
    const { round } = tokens[index]!
    const from = index
    while (index < end && tokens[index]!.round === round) index += 1
    groups.push(
      <span
        key={round}
        className={cx(
          styles.round,
          round === markedRound && styles.lit,
          round === current && styles.current,
          brushed !== undefined && (brushed.has(round) ? styles.brushed : styles.aside),
        )}
      >
        {tokens.slice(from, index).map((token, offset) => (
          <Token
            key={from + offset}
            index={from + offset}
            token={token}
            refused={showsRefused && token.origin === 'corrected' ? (refusedAfter(rounds[round]!)?.text ?? null) : null}
            isLater={from + offset - start >= played}
            isHot={round === markedRound && token.place === markedPlace}
          />
        ))}
      </span>,
    )
  }
  return <>{groups}</>
})

interface TokenProps {
  readonly index: number
  readonly token: TraceToken
  readonly refused: string | null
  readonly isLater: boolean
  readonly isHot: boolean
}

function Token({ index, token, refused, isLater, isHot }: TokenProps) {
  // Tints stand on words; the space between them stays free, so that lines of tokens read as text.
  const word = token.text.trimStart()
  const space = token.text.slice(0, token.text.length - word.length)
  return (
    <>
      {refused === null ? null : (
        <>
          {space || ' '}
          <s className={cx(tokenStyles.refused, isLater && styles.later)}>{refused.trim() || '␣'}</s>
        </>
      )}
      {space || (refused === null ? '' : ' ')}
      <span
        data-i={index}
        className={cx(
          tokenStyles.token,
          token.origin !== 'plain' && word !== '' && tokenStyles[token.origin],
          isLater && styles.later,
          isHot && styles.hot,
        )}
      >
        {word}
      </span>
    </>
  )
}
