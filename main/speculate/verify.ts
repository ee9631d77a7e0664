// Checks a draft with one forward of the target. Knows trees; knows nothing of how they were made.

import type { Strategy } from '../../contract/speculation'
import type { Distribution } from '../text/distribution'
import type { ForwardResult, LogitsRow, TargetSession, TokenCache } from '../text/language-model'
import { distributionOf, needsLogits, type SamplerSettings } from '../text/sampler'
import { hasPenalties, type TokenHistory } from '../text/token-history'
import { isChain, pathTo, rowParents, type DraftTree } from './draft-tree'
import type { CommittedHidden } from './strategy'
import { walkTree, type Walk } from './walk-tree'

export interface Verification extends Walk {
  readonly rowOf: (node: number) => LogitsRow
  /** Rows of the forward. */
  readonly rows: number
  readonly milliseconds: { readonly verify: number; readonly sample: number }
  readonly result: ForwardResult
  /** Rows in the cache before. */
  readonly from: number
}

export interface VerifyOptions {
  readonly target: TargetSession
  readonly cache: TokenCache
  readonly settings: SamplerSettings
  readonly acceptance: Strategy['acceptance']
  /** Tokens up to the root, for the penalties. */
  readonly history: TokenHistory
  readonly uniform: () => number
  readonly wantsHidden: boolean
  /**
   * Fewest rows of a forward. Our own graphs give a row the same bits whatever is read beside it. In other exports one row goes
   * through other kernels than several do; forwards of two rows or more agree bit for bit. 2 makes their runs comparable token by token.
   */
  readonly fewestRows: number
}

/**
 * One forward over the last token and the draft, then the walk. The cache then holds all rows: `commit` cuts it back.
 * @param root the last token, which the target has not read yet
 */
export async function verify(root: number, tree: DraftTree, options: VerifyOptions): Promise<Verification> {
  const { target, cache, settings, acceptance, uniform, wantsHidden, fewestRows } = options
  const from = cache.length
  const ids = [root, ...tree.map(({ token }) => token)]
  const chain = isChain(tree)
  const parents = rowParents(tree)
  const started = performance.now()
  // Rows after the draft change nothing before them: no row sees a later one.
  if (chain) while (ids.length < fewestRows) ids.push(root)
  const result = await target.forward({ ids, ...(chain ? {} : { parents }) }, cache, {
    logits: needsLogits(settings),
    hidden: wantsHidden,
  })
  const forwarded = performance.now()
  const rowOf = (node: number): LogitsRow => result.row(node)
  const distributionAt = (node: number): Distribution => distributionAfter(node, tree, rowOf(node), options)
  const walk = walkTree(tree, distributionAt, uniform, acceptance)
  const walked = performance.now()
  const milliseconds = { verify: forwarded - started, sample: walked - forwarded }
  return { ...walk, rowOf, rows: ids.length, milliseconds, result, from }
}

/** Penalties count the node's own path, not its siblings. */
function distributionAfter(
  node: number,
  tree: DraftTree,
  row: LogitsRow,
  { settings, history }: Pick<VerifyOptions, 'settings' | 'history'>,
): Distribution {
  if (node === 0 || !hasPenalties(settings)) return distributionOf(row, settings, history)
  const path = pathTo(tree, node).map((id) => tree[id - 1]!.token)
  history.push(...path)
  try {
    return distributionOf(row, settings, history)
  } finally {
    history.pop(path.length)
  }
}

/**
 * Leaves the root and the accepted path in the cache, as a chain.
 * @returns the hidden states of the rows that stay, where they were fetched
 */
export function commit(
  { path, result, from }: Pick<Verification, 'path' | 'result' | 'from'>,
  cache: TokenCache,
): CommittedHidden | null {
  const rows = [0, ...path]
  cache.keepRows(from, rows)
  const { hidden } = result
  if (hidden === null) return null
  const width = hidden.length / result.rows
  const values = new Float32Array(rows.length * width)
  rows.forEach((row, place) => values.set(hidden.subarray(row * width, (row + 1) * width), place * width))
  return { from, rows: rows.length, values }
}
