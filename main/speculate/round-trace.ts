import type { DraftNode as TracedNode, EmittedToken, ExaminedRow, Origin, Round } from '../../contract/speculation'
import type { LogitsRow } from '../text/language-model'
import { entropyOf, logProbabilityOf } from '../text/row-statistics'
import { treeDepth, type DraftTree } from './draft-tree'
import type { Verification } from './verify'

const topCount = 5

/** A token as text, remembered: the same few hundred come again and again. */
export class TokenNames {
  readonly #known = new Map<number, string>()
  readonly #tokenText: (id: number) => string

  constructor(tokenText: (id: number) => string) {
    this.#tokenText = tokenText
  }

  of(id: number): string {
    let text = this.#known.get(id)
    if (text === undefined) this.#known.set(id, (text = this.#tokenText(id)))
    return text
  }
}

/** One token that a round gave, before it is written down. */
export interface Emission {
  readonly token: number
  /** The part of the answer that it completes. */
  readonly text: string
  readonly origin: Origin
  readonly node: number
}

/**
 * What a round tried and what came of it.
 *
 * A refused node is one whose parent was reached and which did not pass. Nodes accepted beyond the end of the answer count as
 * unreached. Entropies are exact where the round fetched all logits; otherwise the tokens beyond the top 64 count as likely as the
 * last of these, which is the least that the entropy can be.
 */
export function traceRound(
  facts: Pick<Round, 'index' | 'contextLength' | 'milliseconds'>,
  tree: DraftTree,
  verification: Pick<Verification, 'path' | 'probabilities' | 'rowOf'>,
  emissions: readonly Emission[],
  names: TokenNames,
): Round {
  const { path, probabilities, rowOf } = verification
  const kept = new Set(emissions.filter(({ origin }) => origin === 'accepted').map(({ node }) => node))
  const cut = new Set(path.filter((node) => !kept.has(node)))
  const reached = new Set([0, ...kept])
  const nodes = tree.map(({ parent, token, depth, rank, source, probability }, index): TracedNode => {
    const id = index + 1
    const examined = reached.has(parent) && !cut.has(id)
    return {
      id,
      parent,
      token,
      text: names.of(token),
      depth,
      rank,
      source,
      draftProbability: probability,
      targetProbability: reached.has(parent) ? (probabilities.get(id) ?? null) : null,
      verdict: kept.has(id) ? 'accepted' : examined ? 'refused' : 'unreached',
    }
  })
  const rows = [...reached].map((node) => examinedRow(node, rowOf(node), names))
  const emitted = emissions.map(({ token, text, origin, node }): EmittedToken => {
    const row = rowOf(origin === 'accepted' ? (tree[node - 1]?.parent ?? 0) : node)
    return {
      token,
      text,
      origin,
      node,
      logProbability: logProbabilityOf(row, token) ?? row.topValues.at(-1)! - row.logSumExp,
    }
  })
  return { ...facts, nodes, rows, emitted, draftLength: treeDepth(tree) }
}

function examinedRow(node: number, row: LogitsRow, names: TokenNames): ExaminedRow {
  const top = Array.from(row.topIds.subarray(0, topCount), (token, place) => ({
    token,
    text: names.of(token),
    probability: Math.exp(row.topValues[place]! - row.logSumExp),
  }))
  return { node, entropy: entropyOf(row), top }
}
