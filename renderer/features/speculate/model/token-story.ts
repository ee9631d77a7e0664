import type { DraftNode, EmittedToken, ExaminedRow, Round } from '../../../../contract/speculation'
import { refusedAfter } from './round-lane'

/** All that a trace knows of one token: who guessed it, how likely each side held it, and what else was likely. */
export interface TokenStory {
  readonly text: string
  readonly origin: EmittedToken['origin'] | 'refused' | 'unreached'
  /** The drafted node itself, or the one that was refused in the token's favour. */
  readonly node: DraftNode | null
  readonly refused: DraftNode | null
  readonly targetProbability: number | null
  /** Chance with which the rule accepts such a draft; null where nothing was drafted. */
  readonly acceptChance: number | null
  /** The target's view at this place. */
  readonly row: ExaminedRow | null
  readonly entropyBits: number | null
}

const rowAfter = (round: Round, node: number): ExaminedRow | null => round.rows.find((row) => row.node === node) ?? null

export function tokenStory(round: Round, place: number): TokenStory | null {
  const emitted = round.emitted[place]
  if (emitted === undefined) return null
  if (emitted.origin === 'accepted') {
    const node = round.nodes.find(({ id }) => id === emitted.node)
    if (node !== undefined) return { ...nodeStory(round, node), origin: 'accepted' }
  }
  const row = rowAfter(round, emitted.node)
  return {
    text: emitted.text,
    origin: emitted.origin,
    node: null,
    refused: refusedAfter(round),
    targetProbability:
      row?.top.find(({ token }) => token === emitted.token)?.probability ?? Math.exp(emitted.logProbability),
    acceptChance: null,
    row,
    entropyBits: bitsOf(row),
  }
}

export function nodeStory(round: Round, node: DraftNode): TokenStory {
  const row = rowAfter(round, node.parent)
  return {
    text: node.text,
    origin: node.verdict,
    node,
    refused: null,
    targetProbability: node.targetProbability,
    acceptChance: acceptChance(node),
    row,
    entropyBits: bitsOf(row),
  }
}

/** min(1, p/q) of the speculative sampling rule; a drafter that gives no q is sure of its guess. */
export function acceptChance({ draftProbability, targetProbability }: DraftNode): number | null {
  if (targetProbability === null) return null
  if (draftProbability === null || draftProbability === 0) return targetProbability
  return Math.min(1, targetProbability / draftProbability)
}

function bitsOf(row: ExaminedRow | null): number | null {
  return row === null ? null : row.entropy / Math.LN2
}
