import type { DraftNode, EmittedToken, Round } from '../../../../contract/speculation'

/** One place of a round's row: what was drafted there, or nothing that verification reached. */
export interface LaneCell {
  readonly node: DraftNode | null
  readonly verdict: 'accepted' | 'refused' | 'unreached' | 'empty'
}

export interface RoundLane {
  /** One for each depth of the draft. */
  readonly cells: readonly LaneCell[]
  /** The token that the target gave of its own. */
  readonly own: EmittedToken | null
}

/**
 * A round as one row: the path that was accepted, then the best guess that was refused. Of a tree, the other branches are
 * left out: they have a view of their own.
 */
export function roundLane(round: Round): RoundLane {
  const accepted = round.nodes.filter(({ verdict }) => verdict === 'accepted')
  const refused = refusedAfter(round)
  const cells = Array.from({ length: round.draftLength }, (_, index): LaneCell => {
    const node = accepted.find(({ depth }) => depth === index + 1)
    if (node !== undefined) return { node, verdict: 'accepted' }
    if (refused?.depth === index + 1) return { node: refused, verdict: 'refused' }
    return { node: null, verdict: round.nodes.some(({ depth }) => depth === index + 1) ? 'unreached' : 'empty' }
  })
  const last = round.emitted.at(-1)
  return { cells, own: last !== undefined && last.origin !== 'accepted' ? last : null }
}

/** The drafter's first choice where the target went its own way; null where the draft passed whole. */
export function refusedAfter(round: Round): DraftNode | null {
  const own = round.emitted.at(-1)
  if (own?.origin !== 'corrected') return null
  const candidates = round.nodes.filter(({ parent, verdict }) => parent === own.node && verdict === 'refused')
  return candidates.reduce<DraftNode | null>(
    (best, node) => (best === null || node.rank < best.rank ? node : best),
    null,
  )
}

/** Whether the draft branched. */
export function isTree(round: Round): boolean {
  return round.nodes.some(({ rank }) => rank > 0)
}
