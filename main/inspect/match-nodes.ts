import { attributeText } from './attribute-text'
import type { GraphNode } from './graph'
import type { OpenedModel } from './opened-model'

/** Things of two models that are the same one, and those that only one of them has. Indices, ascending. */
export interface Matching {
  readonly pairs: readonly (readonly [before: number, after: number])[]
  readonly removed: readonly number[]
  readonly added: readonly number[]
}

/** What a thing is known by; null where this tells nothing of it. */
type Keys = readonly (string | null)[]

/** Pairs things by one way of knowing them after the other: what an earlier way has paired, a later one leaves alone. */
class Matcher {
  readonly #after: (number | null)[]
  readonly #isTaken: boolean[]

  constructor(before: number, after: number) {
    this.#after = new Array<number | null>(before).fill(null)
    this.#isTaken = new Array<boolean>(after).fill(false)
  }

  /** @param onlyEven whether things of one key are left alone where there are not as many of them on both sides */
  pair(before: Keys, after: Keys, onlyEven = false): void {
    const waiting = places(after, (index) => this.#isTaken[index]!)
    const asking = places(before, (index) => this.#after[index] !== null)
    for (const [key, indices] of asking) {
      const found = waiting.get(key) ?? []
      if (onlyEven && found.length !== indices.length) continue
      indices.forEach((index, place) => {
        const other = found[place]
        if (other === undefined) return
        this.#after[index] = other
        this.#isTaken[other] = true
      })
    }
  }

  result(): Matching {
    return {
      pairs: this.#after.flatMap((other, index) => (other === null ? [] : [[index, other] as const])),
      removed: this.#after.flatMap((other, index) => (other === null ? [index] : [])),
      added: this.#isTaken.flatMap((isTaken, index) => (isTaken ? [] : [index])),
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

export function matchNames(before: readonly string[], after: readonly string[]): Matching {
  const matcher = new Matcher(before.length, after.length)
  matcher.pair(before, after)
  return matcher.result()
}

/** Whether an exporter only counted: `Reshape_17`, `/layer/Add_3`. Another export counts anew. */
function isCounted({ name, op }: GraphNode): boolean {
  const last = name.split('/').at(-1) ?? ''
  return last.startsWith(op) && /^_?\d*$/.test(last.slice(op.length))
}

/** The ways in which nodes are known, the surest first. */
function nodeKeys({ file, graph, nodeScopes }: OpenedModel): {
  readonly whole: Keys
  readonly name: Keys
  readonly weights: Keys
  readonly surroundings: Keys
  readonly origins: Keys
  readonly place: Keys
} {
  const { nodes, tensors } = graph
  const producer = new Map(nodes.flatMap(({ outputs }, index) => outputs.map((tensor) => [tensor, index] as const)))
  const homes = new Map<number, string[]>()
  for (const { node, tensor, parameters } of file.weights) {
    if (node !== null && parameters > 0) homes.set(node, [...(homes.get(node) ?? []), tensors[tensor]!.name])
  }
  const names = (indices: readonly number[]): string => indices.map((tensor) => tensors[tensor]?.name ?? '').join()
  const origins = ({ inputs }: GraphNode): string =>
    inputs
      .map((tensor) => {
        const before = producer.get(tensor)
        return before === undefined ? (tensors[tensor]?.name ?? '') : nodes[before]!.op
      })
      .join()
  const readers = new Map<number, string[]>()
  for (const { op, inputs } of nodes) {
    for (const tensor of inputs) {
      const known = readers.get(tensor)
      if (known === undefined) readers.set(tensor, [op])
      else known.push(op)
    }
  }
  const targets = ({ outputs }: GraphNode): string =>
    outputs.map((tensor) => (readers.get(tensor) ?? []).join('+')).join()
  const settings = ({ attributes }: GraphNode): string =>
    [...attributes.values()].map((attribute) => `${attribute.name}=${attributeText(attribute)}`).join()
  const places = nodes.map(({ op }, index) => `${file.scopes[nodeScopes[index]!]!.path} ${op}`)
  return {
    whole: nodes.map(({ name, op, inputs, outputs }) => [name, op, names(inputs), names(outputs)].join(' ')),
    name: nodes.map((node) => {
      if (node.name !== '') return isCounted(node) ? null : node.name
      return node.outputs.length === 0 ? null : `→ ${names(node.outputs.slice(0, 1))}`
    }),
    weights: nodes.map((_, index) => homes.get(index)?.sort().join() ?? null),
    surroundings: nodes.map((node, index) => [places[index]!, origins(node), targets(node), settings(node)].join(' ')),
    origins: nodes.map((node, index) => [places[index]!, origins(node), settings(node)].join(' ')),
    place: places,
  }
}

/**
 * Which nodes of two models are the same one: those that are alike in everything; those of one name, unless it only counts; those
 * that use the same weights; then by what stands around them within one part of the model, and how they are set, in their order.
 */
export function matchNodes(before: OpenedModel, after: OpenedModel): Matching {
  const [old, now] = [nodeKeys(before), nodeKeys(after)]
  const matcher = new Matcher(before.graph.nodes.length, after.graph.nodes.length)
  matcher.pair(old.whole, now.whole)
  matcher.pair(old.name, now.name)
  matcher.pair(old.weights, now.weights)
  matcher.pair(old.surroundings, now.surroundings)
  matcher.pair(old.origins, now.origins)
  matcher.pair(old.place, now.place, true)
  return matcher.result()
}
