import { Maximize2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import { DraftTree } from '../../../charts/draft-tree'
import { IconButton } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { plural } from '../../../ui/format'
import { useElementSize } from '../../../ui/hooks'
import { visible } from '../card/story-words'
import { useBrush, useIsMoving, useShownRun, useSpeculate } from '../context'
import { roundAt } from '../model/clock'
import { isTree } from '../model/round-lane'
import type { RunTrace } from '../model/run-trace'
import { setMark } from '../view-store'
import { useThrottled } from '../use-throttled'
import styles from './tree-section.module.css'

/** Trees that pass by faster than this cannot be read. */
const treeEvery = 150

/** The draft of one round: the one under the pointer in any view, or the one that the replay stands at. */
export function TreeSection() {
  const { view } = useSpeculate()
  const run = useShownRun()
  const runIndex = useStore(view, (state) => state.run)
  const brush = useBrush()
  const newest = useStore(view, ({ mark, pinned, time }) => {
    const at = mark ?? pinned
    if (at !== null && at.run === runIndex) return at.round
    if (run === null) return -1
    const now = roundAt(run, time)
    // Of chosen rounds, the one that the replay came to last.
    return brush === null || brush.rounds.has(now) ? now : nearest(brush.rounds, now)
  })
  const isMarked = useStore(view, ({ mark, pinned }) => (mark ?? pinned) !== null)
  const index = useThrottled(newest, useIsMoving() && !isMarked, treeEvery)
  const [isWide, setWide] = useState(false)
  const round = run?.rounds[index]
  const accepted = round?.emitted.filter(({ origin }) => origin === 'accepted').length ?? 0
  return (
    <section className={styles.tree} aria-label="Draft tree" data-region="tree">
      <header className={styles.head}>
        <h2>{round !== undefined && !isTree(round) ? 'Draft' : 'Draft tree'}</h2>
        {round === undefined ? null : (
          <span>
            round {index + 1}, {plural(round.nodes.length, 'node')}, {accepted} accepted
          </span>
        )}
        <i>
          <IconButton label="Larger" isDisabled={round === undefined} onPress={() => setWide(true)}>
            <Maximize2 size={14} />
          </IconButton>
        </i>
      </header>
      {run === null || round === undefined ? null : (
        <>
          <Tree run={run} index={index} />
          <p className={styles.foot}>
            <span>Edge width: draft probability q</span>
            <span>p: target probability</span>
          </p>
          <Dialog title={`Draft of round ${index + 1}`} kind="page" isOpen={isWide} onClose={() => setWide(false)}>
            <Tree run={run} index={index} />
          </Dialog>
        </>
      )}
    </section>
  )
}

/** The last of the rounds up to one; the first of all where they come later. */
function nearest(rounds: ReadonlySet<number>, now: number): number {
  let first = -1
  let last = -1
  for (const round of rounds) {
    if (first === -1) first = round
    if (round <= now) last = round
  }
  return last === -1 ? (first === -1 ? now : first) : last
}

function Tree({ run, index }: { readonly run: RunTrace; readonly index: number }) {
  const { view } = useSpeculate()
  const element = useRef<HTMLDivElement>(null)
  const { width, height } = useElementSize(element)
  const runIndex = useStore(view, (state) => state.run)
  const marked = useStore(view, ({ mark, pinned }) => {
    const at = mark ?? pinned
    if (at === null || at.round !== index) return null
    if (at.node !== null) return at.node
    const emitted = at.place === null ? undefined : run.rounds[index]?.emitted[at.place]
    if (emitted === undefined) return null
    return emitted.origin === 'accepted' ? emitted.node : 'own'
  })
  const round = run.rounds[index]!
  const before = run.tokens[(run.firstTokens[index] ?? 0) - 1]
  if (round.nodes.length === 0) {
    return (
      <p className={styles.none}>
        Nothing was drafted in this round: the target gave “{visible(round.emitted[0]?.text ?? '')}” by itself.
      </p>
    )
  }
  return (
    <div ref={element} className={styles.scroller} tabIndex={0} role="group" aria-label="Tree">
      <DraftTree
        round={round}
        rootText={before === undefined ? 'prompt' : visible(before.text)}
        width={width || 460}
        height={height || 220}
        marked={marked}
        onMark={(key) => {
          if (key === null) setMark(view, null)
          else if (key === 'own')
            setMark(view, { run: runIndex, round: index, place: round.emitted.length - 1, node: null })
          else setMark(view, { run: runIndex, round: index, place: null, node: key })
        }}
      />
    </div>
  )
}
