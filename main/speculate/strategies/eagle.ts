// EAGLE-2's dynamic tree (Li et al. 2024, arXiv 2406.16858) over the multi-token prediction module: in each level the likeliest
// paths are drafted further, and of all nodes the likeliest are checked.

import type { CachedGraph, GraphOutputs } from '../../text/language-model'
import type { Guess } from '../draft-chain'
import type { DraftNode } from '../draft-tree'
import { byValue, keepBest } from '../draft-plan'
import type { Draft, DraftContext, DraftStrategy, Observation } from '../strategy'
import { guessOfRow, guessOutputs, lastGuess } from './guess-outputs'
import { MtpReader } from './mtp-reader'

const outputNames = [...guessOutputs, 'hidden_out'] as const
/** Paths that are drafted further in each level, and children of each. The paper has 10: rows are dearer on a CPU. */
const width = 4
const children = 4
const mostLevels = 8

interface Growing {
  readonly nodes: DraftNode[]
  readonly values: number[]
  /** Expanded nodes in order: the rows of the module's forward. */
  readonly expanded: number[]
  /** Hidden state that each expanded node's row takes: its parent's output. */
  readonly inputs: Float32Array[]
}

export class EagleStrategy implements DraftStrategy {
  readonly name = 'eagle'
  readonly needsHidden = true
  readonly draws = false
  readonly #graph: CachedGraph
  readonly #reader: MtpReader

  constructor(graph: CachedGraph) {
    this.#graph = graph
    this.#reader = new MtpReader(graph)
  }

  reset(prompt: Observation): Promise<void> {
    return this.#reader.reset(prompt)
  }

  async draft(context: DraftContext): Promise<Draft> {
    const first = await this.#reader.catchUp(context.tokens, outputNames)
    if (first === null) return { tree: [], steps: 0 }
    const growing: Growing = { nodes: [], values: [], expanded: [], inputs: [] }
    let level = addChildren(growing, 0, lastGuess(first), context)
    let states = new Map([[0, hiddenRow(first, first.rows - 1)]])
    let steps = 1
    for (let depth = 2; depth <= Math.min(mostLevels, context.maxDepth); depth += 1) {
      const best = bestOf(level, growing.values)
      // Its best path stands for the level: others only add to it.
      if (best.length === 0 || !context.plan.extend(depth, growing.values[best[0]! - 1]!)) break
      const outputs = await this.#expand(growing, best, states)
      steps += 1
      const offset = outputs.rows - best.length
      states = new Map(best.map((node, place) => [node, hiddenRow(outputs, offset + place)]))
      level = best.flatMap((node, place) => addChildren(growing, node, guessOfRow(outputs, offset + place), context))
    }
    return { tree: keepBest(growing.nodes, growing.values, context.maxNodes), steps }
  }

  async observe(outcome: Observation): Promise<void> {
    this.#reader.observe(outcome)
  }

  /**
   * Reads a level. The levels before it are read again with it, because a forward's mask tells new rows apart, not cached ones;
   * the module is one layer, and a few rows more cost it little.
   */
  async #expand(growing: Growing, level: readonly number[], states: Map<number, Float32Array>): Promise<GraphOutputs> {
    this.#reader.forgetGuesses()
    for (const node of level) {
      growing.expanded.push(node)
      growing.inputs.push(states.get(growing.nodes[node - 1]!.parent)!)
    }
    const { expanded, inputs, nodes } = growing
    const hiddenWidth = inputs[0]!.length
    const hidden = new Float32Array(inputs.length * hiddenWidth)
    inputs.forEach((row, place) => hidden.set(row, place * hiddenWidth))
    const ids = expanded.map((node) => nodes[node - 1]!.token)
    const parents = expanded.map((node) => expanded.indexOf(nodes[node - 1]!.parent))
    return this.#graph.run({ hidden, ids, parents, answered: level.length }, this.#reader.cache, outputNames)
  }
}

function addChildren({ nodes, values }: Growing, parent: number, guess: Guess, { plan }: DraftContext): number[] {
  const depth = parent === 0 ? 1 : nodes[parent - 1]!.depth + 1
  const parentValue = parent === 0 ? 1 : values[parent - 1]!
  const added: number[] = []
  for (let rank = 0; rank < Math.min(children, guess.topIds.length); rank += 1) {
    const probability = Math.exp(guess.topValues[rank]! - guess.logSumExp)
    const node = { parent, token: guess.topIds[rank]!, depth, rank, source: 'MTP module', probability, drawnFrom: null }
    nodes.push(node)
    values.push(parentValue * plan.edge(node))
    added.push(nodes.length)
  }
  return added
}

function bestOf(level: readonly number[], values: readonly number[]): readonly number[] {
  const places = byValue(level.map((node) => values[node - 1]!))
  return places
    .slice(0, width)
    .map((place) => level[place - 1]!)
    .sort((a, b) => a - b)
}

function hiddenRow(outputs: GraphOutputs, row: number): Float32Array {
  const all = outputs.float('hidden_out')
  const size = all.length / outputs.rows
  return all.slice(row * size, (row + 1) * size)
}
