import type { Graph } from './graph'
import type { Keys } from './node-keys'

/** Things of two models that are the same one, and those that only one of them has. Indices, ascending. */
export interface Matching {
  readonly pairs: readonly (readonly [before: number, after: number])[]
  readonly removed: readonly number[]
  readonly added: readonly number[]
}

/** Pairs things by one way of knowing them after the other: what an earlier way has paired, a later one leaves alone. */
export class Pairs {
  readonly #after: (number | null)[]
  readonly #before: (number | null)[]
  /** Pairs whose neighbours nobody has looked at yet. */
  readonly fresh: (readonly [before: number, after: number])[] = []

  constructor(before: number, after: number) {
    this.#after = new Array<number | null>(before).fill(null)
    this.#before = new Array<number | null>(after).fill(null)
  }

  isOpen(before: number, after: number): boolean {
    return this.#after[before] === null && this.#before[after] === null
  }

  isPair(before: number, after: number): boolean {
    return this.#after[before] === after
  }

  isPaired(side: 'before' | 'after', index: number): boolean {
    return (side === 'before' ? this.#after : this.#before)[index] !== null
  }

  add(before: number, after: number): void {
    this.#after[before] = after
    this.#before[after] = before
    this.fresh.push([before, after])
  }

  /** @param onlyEven whether things of one key are left alone where there are not as many of them on both sides */
  pair(before: Keys, after: Keys, onlyEven = false): void {
    const waiting = places(after, (index) => this.#before[index] !== null)
    const asking = places(before, (index) => this.#after[index] !== null)
    for (const [key, indices] of asking) {
      const found = waiting.get(key) ?? []
      if (onlyEven && found.length !== indices.length) continue
      indices.forEach((index, place) => {
        const other = found[place]
        if (other !== undefined) this.add(index, other)
      })
    }
  }

  result(): Matching {
    return {
      pairs: this.#after.flatMap((other, index) => (other === null ? [] : [[index, other] as const])),
      removed: this.#after.flatMap((other, index) => (other === null ? [index] : [])),
      added: this.#before.flatMap((other, index) => (other === null ? [index] : [])),
    }
  }
}

/** Indices by key; those of one key in order. */
function places(keys: Keys, isLeftOut: (index: number) => boolean): Map<string, number[]> {
  const found = new Map<string, number[]>()
  keys.forEach((key, index) => {
    if (key === null || isLeftOut(index)) return
    const known = found.get(key)
    if (known === undefined) found.set(key, [index])
    else known.push(index)
  })
  return found
}

/** Who makes each tensor, and who reads it. */
export interface Links {
  readonly graph: Graph
  /** -1 where no node does. */
  readonly maker: Int32Array
  readonly readers: readonly (readonly { readonly node: number; readonly place: number }[])[]
}

export function linksOf(graph: Graph): Links {
  const maker = new Int32Array(graph.tensors.length).fill(-1)
  const readers = graph.tensors.map((): { node: number; place: number }[] => [])
  graph.nodes.forEach(({ inputs, outputs }, node) => {
    for (const tensor of outputs) if (tensor >= 0) maker[tensor] = node
    inputs.forEach((tensor, place) => {
      if (tensor >= 0) readers[tensor]!.push({ node, place })
    })
  })
  return { graph, maker, readers }
}

/**
 * Pairs the neighbours of pairs, and theirs: what makes the same input of two nodes that are one and the same, or reads the
 * same output of them, is itself the same where the operator and its settings are.
 */
export function followPairs(
  pairs: Pairs,
  before: Links,
  after: Links,
  kinds: readonly [readonly string[], readonly string[]],
): void {
  const [old, now] = kinds
  for (let next = pairs.fresh.pop(); next !== undefined; next = pairs.fresh.pop()) {
    const [one, other] = [before.graph.nodes[next[0]]!, after.graph.nodes[next[1]]!]
    one.inputs.forEach((tensor, place) => {
      const [a, b] = [before.maker[tensor] ?? -1, after.maker[other.inputs[place] ?? -1] ?? -1]
      if (a >= 0 && b >= 0 && old[a] === now[b] && pairs.isOpen(a, b)) pairs.add(a, b)
    })
    one.outputs.forEach((tensor, output) => {
      const reading = openReaders(pairs, 'before', before, tensor, old)
      const others = openReaders(pairs, 'after', after, other.outputs[output] ?? -1, now)
      for (const [kind, nodes] of reading) {
        const same = others.get(kind) ?? []
        if (same.length !== nodes.length) continue
        nodes.forEach((node, place) => {
          if (pairs.isOpen(node, same[place]!)) pairs.add(node, same[place]!)
        })
      }
    })
  }
}

function openReaders(
  pairs: Pairs,
  side: 'before' | 'after',
  { readers }: Links,
  tensor: number,
  kinds: readonly string[],
): ReadonlyMap<string, number[]> {
  const found = new Map<string, number[]>()
  for (const { node, place } of readers[tensor] ?? []) {
    if (pairs.isPaired(side, node)) continue
    const key = `${place} ${kinds[node]!}`
    const known = found.get(key)
    if (known === undefined) found.set(key, [node])
    else known.push(node)
  }
  return found
}
