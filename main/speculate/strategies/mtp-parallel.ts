// Parallel multi-token prediction (Gloeckle et al. 2024, arXiv 2404.19737): heads of one transformer layer each, all at once.

import type { CachedGraph, GraphOutputs, TokenCache } from '../../text/language-model'
import type { CommittedHidden, Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { bestTree, type HeadGuesses } from './head-tree'
import { readInParts } from './read-in-parts'

const outputNames = ['top_values', 'top_ids'] as const

export class MtpParallelStrategy implements DraftStrategy {
  readonly name = 'mtp-parallel'
  readonly needsHidden = true
  readonly draws = false
  readonly #graph: CachedGraph
  #cache: TokenCache
  #waiting: CommittedHidden[] = []

  constructor(graph: CachedGraph) {
    this.#graph = graph
    this.#cache = graph.createCache()
  }

  async reset({ hidden }: Observation): Promise<void> {
    this.#cache = this.#graph.createCache()
    this.#waiting = []
    if (hidden === null) return
    const width = hidden.values.length / hidden.rows
    await readInParts(hidden.rows - 1, async (from, to) => {
      await this.#graph.run({ hidden: hidden.values.subarray(from * width, to * width) }, this.#cache, [])
    })
    const last = hidden.rows - 1
    this.#waiting.push({ from: last, rows: 1, values: hidden.values.subarray(last * width) })
  }

  /** All rows are true ones: heads see hidden states of the target only, never a guess. */
  async draft(context: DraftContext): Promise<Draft> {
    if (this.#waiting.length === 0) return { tree: [], steps: 0 }
    const hidden = new Float32Array(this.#waiting.reduce((sum, { values }) => sum + values.length, 0))
    let place = 0
    for (const { values } of this.#waiting) {
      hidden.set(values, place)
      place += values.length
    }
    this.#waiting = []
    const outputs = await this.#graph.run({ hidden }, this.#cache, outputNames)
    return { tree: bestTree(lastRowOf(outputs), context), steps: 1 }
  }

  async observe({ hidden }: Observation): Promise<void> {
    if (hidden !== null) this.#waiting.push(hidden)
  }
}

/** Of outputs [heads, S, count], those of the last row. */
function lastRowOf(outputs: GraphOutputs): HeadGuesses {
  const [heads = 0, rows = 0, count = 0] = outputs.shape('top_ids')
  const ids = new Int32Array(heads * count)
  const logProbabilities = new Float32Array(heads * count)
  for (let head = 0; head < heads; head += 1) {
    const from = (head * rows + rows - 1) * count
    ids.set(outputs.ints('top_ids').subarray(from, from + count), head * count)
    logProbabilities.set(outputs.float('top_values').subarray(from, from + count), head * count)
  }
  return { heads, count, ids, logProbabilities }
}
