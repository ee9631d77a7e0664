// REST (He et al. 2023, arXiv 2311.08252): continuations of the last words found in a corpus, gathered in a trie.

import type { DraftNode, DraftTree } from '../draft-tree'
import type { Draft, DraftContext, DraftStrategy } from '../strategy'
import type { Datastore } from './datastore'

const longestPhrase = 16
const shortestPhrase = 2
/** Occurrences that are read: more would only sharpen the counts. */
const mostOccurrences = 64
const continuation = 10

interface TrieNode {
  count: number
  readonly children: Map<number, TrieNode>
}

export class RetrievalStrategy implements DraftStrategy {
  readonly name = 'retrieval'
  readonly needsHidden = false
  readonly draws = false
  readonly #store: Datastore
  readonly #endTokens: ReadonlySet<number>

  constructor(store: Datastore, endTokens: ReadonlySet<number> = new Set()) {
    this.#store = store
    this.#endTokens = endTokens
  }

  async reset(): Promise<void> {
    // The corpus is the same for every prompt.
  }

  async draft(context: DraftContext): Promise<Draft> {
    const found = this.#find(context.tokens)
    if (found === null) return { tree: [], steps: 0 }
    const depth = Math.min(continuation, context.maxDepth)
    const tree = bestNodes(this.#trie(found.places, depth), context.maxNodes, `retrieval ${found.size}-gram`)
    return { tree, steps: 0 }
  }

  async observe(): Promise<void> {
    // Each draft looks at the text itself.
  }

  #find(tokens: readonly number[]): { readonly places: readonly number[]; readonly size: number } | null {
    for (let size = Math.min(longestPhrase, tokens.length); size >= shortestPhrase; size -= 1) {
      const places = this.#store.placesAfter(tokens.slice(-size), mostOccurrences)
      if (places.length > 0) return { places, size }
    }
    return null
  }

  #trie(places: readonly number[], depth: number): TrieNode {
    const root: TrieNode = { count: 0, children: new Map() }
    for (const place of places) {
      let node = root
      root.count += 1
      for (let step = 0; step < depth; step += 1) {
        const token = this.#store.token(place + step)
        if (token === undefined || this.#endTokens.has(token)) break
        let child = node.children.get(token)
        if (child === undefined) node.children.set(token, (child = { count: 0, children: new Map() }))
        child.count += 1
        node = child
      }
    }
    return root
  }
}

/** The nodes seen most often, of equal ones the nearer: always a tree, because no child is seen more often than its parent. */
function bestNodes(root: TrieNode, most: number, source: string): DraftTree {
  const tree: DraftNode[] = []
  let frontier = candidatesBelow(root, 0, 0)
  while (tree.length < most && frontier.length > 0) {
    const best = frontier.reduce((a, b) => (b.node.count > a.node.count ? b : a))
    frontier = frontier.filter((candidate) => candidate !== best)
    const { parent, token, depth, rank, share } = best
    tree.push({ parent, token, depth, rank, source, probability: share, drawnFrom: null })
    frontier.push(...candidatesBelow(best.node, tree.length, depth))
  }
  return tree
}

function candidatesBelow(node: TrieNode, parent: number, depth: number) {
  return [...node.children]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([token, child], rank) => ({
      node: child,
      parent,
      token,
      depth: depth + 1,
      rank,
      // One more occurrence is imagined that went on otherwise: what was seen once is no certainty.
      share: child.count / (node.count + 1),
    }))
}
