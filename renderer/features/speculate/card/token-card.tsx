import { createPortal } from 'react-dom'
import { useStore } from 'zustand'
import { cx } from '../../../ui/cx'
import shared from '../../../ui/shared.module.css'
import { useRace, useSpeculate } from '../context'
import { nodeStory, tokenStory, type TokenStory } from '../model/token-story'
import type { RunTrace } from '../model/run-trace'
import type { Mark } from '../view-store'
import { originNames, probabilityWords, visible } from './story-words'
import styles from './token-card.module.css'

const width = 424
const height = 150

/** All that is known of the marked token, beside it. */
export function TokenCard() {
  const { view } = useSpeculate()
  const race = useRace()
  const card = useStore(view, (state) => state.card)
  const mark = useStore(view, (state) => state.mark ?? state.pinned)
  if (card === null || mark === null || race === null) return null
  const run = race.runs[mark.run]
  const story = run === undefined ? null : storyOf(run, mark)
  if (story === null) return null
  const isAbove = card.bottom + 8 + height > window.innerHeight - 32
  const left = Math.max(12, Math.min(window.innerWidth - width - 12, card.left - 60))
  return createPortal(
    <div
      className={cx(shared.float, styles.card)}
      style={{ left, width, ...(isAbove ? { bottom: window.innerHeight - card.top + 8 } : { top: card.bottom + 8 }) }}
      role="tooltip"
    >
      <Facts story={story} round={mark.round} />
      <div className={styles.top}>
        <p>Target’s top five</p>
        {story.row === null ? (
          <p className={styles.none}>Verification did not reach this place.</p>
        ) : (
          story.row.top.map(({ text, probability }, rank) => (
            <div key={rank} className={styles.likely}>
              <span>{visible(text)}</span>
              <i>
                <u
                  style={{ width: `${100 * probability}%`, background: rank === 0 ? 'var(--accent)' : 'var(--edge)' }}
                />
              </i>
              <b>{probability.toFixed(2)}</b>
            </div>
          ))
        )}
      </div>
    </div>,
    document.body,
  )
}

function Facts({ story, round }: { readonly story: TokenStory; readonly round: number }) {
  const facts: readonly (readonly [string, string] | null)[] = [
    story.node === null ? null : ['Draft q', probabilityWords(story.node.draftProbability)],
    ['Target p', probabilityWords(story.targetProbability)],
    story.acceptChance === null ? null : ['Accept chance', `${Math.round(100 * story.acceptChance)}%`],
    story.refused === null ? null : ['Instead of', visible(story.refused.text)],
    story.node === null ? null : ['Guessed by', story.node.source],
    story.entropyBits === null ? null : ['Entropy', `${story.entropyBits.toFixed(2)} bits`],
    ['Round', String(round + 1)],
  ]
  return (
    <div>
      <div className={styles.head}>
        <b>{visible(story.text)}</b>
        <span className={styles[story.origin]}>{originNames[story.origin]}</span>
      </div>
      <dl className={styles.facts}>
        {facts.map((fact) =>
          fact === null ? null : (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
        )}
      </dl>
    </div>
  )
}

export function storyOf(run: RunTrace, mark: Mark): TokenStory | null {
  const round = run.rounds[mark.round]
  if (round === undefined) return null
  if (mark.node !== null) {
    const node = round.nodes.find(({ id }) => id === mark.node)
    return node === undefined ? null : nodeStory(round, node)
  }
  return mark.place === null ? null : tokenStory(round, mark.place)
}
