import type { OpenedModel } from './opened-model'
import { nodeKeys, type NodeKeys } from './node-keys'
import { followPairs, linksOf, Pairs, type Links, type Matching } from './node-pairs'

export interface NodeMatching extends Matching {
  /** Whether a node of each model computes the same from the models' inputs and weights. */
  readonly computesSame: (before: number, after: number) => boolean
}

export function matchNames(before: readonly string[], after: readonly string[]): Matching {
  const pairs = new Pairs(before.length, after.length)
  pairs.pair(before, after)
  return pairs.result()
}

/**
 * Which nodes of two models are the same one: those that compute the same from the model's inputs and weights; those of one name,
 * unless it only counts; those that use the same weights; their neighbours, along the graph; last, in each part of the model,
 * those of one operator and the same settings where both have as many.
 */
export function matchNodes(before: OpenedModel, after: OpenedModel): NodeMatching {
  const numbers = new Map<string, number>()
  const [old, now] = [nodeKeys(before, numbers), nodeKeys(after, numbers)]
  const [links, others] = [linksOf(before.graph), linksOf(after.graph)]
  const pairs = new Pairs(before.graph.nodes.length, after.graph.nodes.length)
  const follow = () => followPairs(pairs, links, others, [old.kind, now.kind])
  pairComputations(pairs, [links, old], [others, now])
  pairs.pair(old.name, now.name)
  pairs.pair(old.stem, now.stem, true)
  pairOutputs(pairs, links, others, [old, now])
  follow()
  pairs.pair(withKind(old.weights, old.kind), withKind(now.weights, now.kind))
  pairs.pair(old.weights, now.weights)
  follow()
  pairPlaces(pairs, [links, old], [others, now])
  follow()
  return {
    ...pairs.result(),
    computesSame: (one, other) => old.computation[one] === now.computation[other],
  }
}

/** Nodes of one kind in one part of the model, where both have as many and the two stand beside something that is the same. */
function pairPlaces(
  pairs: Pairs,
  [before, old]: readonly [Links, NodeKeys],
  [after, now]: readonly [Links, NodeKeys],
): void {
  const near = new Pairs(before.graph.nodes.length, after.graph.nodes.length)
  const open = (side: 'before' | 'after', keys: readonly string[]) =>
    keys.map((key, index) => (pairs.isPaired(side, index) ? null : key))
  near.pair(open('before', old.place), open('after', now.place), true)
  for (const [one, other] of near.fresh) if (areBesideSame(pairs, before, after, one, other)) pairs.add(one, other)
}

/** Whether two nodes read the same somewhere, are read by the same, or give an output of the model. */
function areBesideSame(pairs: Pairs, before: Links, after: Links, one: number, other: number): boolean {
  const [old, now] = [before.graph.nodes[one]!, after.graph.nodes[other]!]
  const isSame = (tensor: number, place: number): boolean => {
    const read = now.inputs[place] ?? -1
    if (tensor < 0 || read < 0) return false
    const [a, b] = [before.maker[tensor]!, after.maker[read]!]
    return a < 0 || b < 0
      ? a === b && before.graph.tensors[tensor]!.name === after.graph.tensors[read]!.name
      : pairs.isPair(a, b)
  }
  if (old.inputs.some(isSame)) return true
  return old.outputs.some((tensor, output) => {
    const given = now.outputs[output] ?? -1
    if (tensor < 0 || given < 0) return false
    if (before.graph.outputs.includes(tensor) && after.graph.outputs.includes(given)) return true
    return before.readers[tensor]!.some(({ node }) =>
      after.readers[given]!.some((reader) => pairs.isPair(node, reader.node)),
    )
  })
}

function withKind(keys: NodeKeys['weights'], kinds: readonly string[]): NodeKeys['weights'] {
  return keys.map((key, index) => (key === null ? null : `${key} ${kinds[index]!}`))
}

/** What makes the outputs of one name, where it does so by the same operator. */
function pairOutputs(pairs: Pairs, before: Links, after: Links, [old, now]: readonly [NodeKeys, NodeKeys]): void {
  const named = new Map(after.graph.outputs.map((tensor) => [after.graph.tensors[tensor]!.name, after.maker[tensor]!]))
  for (const tensor of before.graph.outputs) {
    const [one, other] = [before.maker[tensor]!, named.get(before.graph.tensors[tensor]!.name) ?? -1]
    if (one >= 0 && other >= 0 && old.kind[one] === now.kind[other] && pairs.isOpen(one, other)) pairs.add(one, other)
  }
}

/**
 * Pairs what computes the same, the last nodes first, and each time all that leads to them: where a graph computes the same
 * thing twice, each keeps what belongs to it.
 */
function pairComputations(
  pairs: Pairs,
  [before, old]: readonly [Links, NodeKeys],
  [after, now]: readonly [Links, NodeKeys],
): void {
  const open = new Map<string, number[]>()
  now.computation.forEach((key, index) => {
    const known = open.get(key)
    if (known === undefined) open.set(key, [index])
    else known.push(index)
  })
  for (let last = before.graph.nodes.length - 1; last >= 0; last -= 1) {
    if (pairs.isPaired('before', last)) continue
    const found = (open.get(old.computation[last]!) ?? []).filter((index) => !pairs.isPaired('after', index))
    const named = found.find((index) => now.name[index] !== null && now.name[index] === old.name[last])
    const other = named ?? found.at(-1)
    if (other !== undefined) pairUpwards(last, other)
  }

  function pairUpwards(first: number, other: number): void {
    const waiting: [number, number][] = [[first, other]]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [a, b] = next
      if (!pairs.isOpen(a, b)) continue
      pairs.add(a, b)
      const reads = after.graph.nodes[b]!.inputs
      before.graph.nodes[a]!.inputs.forEach((tensor, place) => {
        const [one, two] = [before.maker[tensor] ?? -1, after.maker[reads[place] ?? -1] ?? -1]
        if (one >= 0 && two >= 0) waiting.push([one, two])
      })
    }
  }
}
