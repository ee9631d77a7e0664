import { attributeText } from './attribute-text'
import type { GraphNode } from './graph'
import type { OpenedModel } from './opened-model'

/** What a thing is known by; null where this tells nothing of it. */
export type Keys = readonly (string | null)[]

/** The ways in which a model's nodes are known, each without the names that exporters give as they count. */
export interface NodeKeys {
  /** Its own name, or that of what it gives where it has none. */
  readonly name: Keys
  /** Its name without the number at its end: `layers.0.qkv_25` and `layers.0.qkv_11` are one layer. */
  readonly stem: Keys
  /** The parameters that it uses first. */
  readonly weights: Keys
  /** Operator and settings. */
  readonly kind: readonly string[]
  /** Kind and part of the model. */
  readonly place: readonly string[]
  /** All that it is computed from, up to the model's inputs and weights: the same for the same computation. */
  readonly computation: readonly string[]
}

/** Whether an exporter only counted: `Reshape_17`, `/layer/Add_3`. Another export counts anew. */
function isCounted({ name, op }: GraphNode): boolean {
  const last = name.split('/').at(-1) ?? ''
  return last.startsWith(op) && /^_?\d*$/.test(last.slice(op.length))
}

function stemOf(node: GraphNode): string | null {
  const stem = node.name.replace(/_\d+$/, '')
  return stem === node.name || isCounted(node) ? null : stem
}

/** @param numbers of texts: both models share one, so that what is alike has the same number */
export function nodeKeys({ file, graph, constants, nodeScopes }: OpenedModel, numbers: Map<string, number>): NodeKeys {
  const { nodes, tensors } = graph
  const homes = new Map<number, string[]>()
  for (const { node, tensor, parameters } of file.weights) {
    if (node !== null && parameters > 0) homes.set(node, [...(homes.get(node) ?? []), tensors[tensor]!.name])
  }
  const kind = nodes.map(({ op, domain, attributes }) =>
    [
      domain,
      op,
      ...[...attributes.values()].map((attribute) => `${attribute.name}=${attributeText(attribute)}`),
    ].join(),
  )
  const numberOf = (text: string): string => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return `#${known}`
  }
  // What a tensor is: the output of a computation, or an input or a weight of this name.
  const made = new Array<string | undefined>(tensors.length)
  const told = (tensor: number): string => (tensor < 0 ? '' : (made[tensor] ?? `"${tensors[tensor]!.name}"`))
  const computation = nodes.map(({ inputs, outputs, bodies }, index) => {
    // What a Constant holds is no input of it.
    const held = outputs.map((tensor) => constants.get(tensors[tensor]?.weight ?? -1)?.join(' ') ?? '').join(';')
    const inside = bodies.map(({ nodes: own }) => own.length).join()
    const key = numberOf([kind[index]!, held, inside, ...inputs.map(told)].join('|'))
    outputs.forEach((tensor, place) => {
      if (tensor >= 0) made[tensor] = `${key}.${place}`
    })
    return key
  })
  return {
    name: nodes.map((node) => {
      if (node.name !== '') return isCounted(node) ? null : node.name
      return node.outputs.length === 0 ? null : `→ ${tensors[node.outputs[0]!]?.name ?? ''}`
    }),
    stem: nodes.map(stemOf),
    weights: nodes.map((_, index) => homes.get(index)?.sort().join() ?? null),
    kind,
    place: kind.map((text, index) => `${file.scopes[nodeScopes[index]!]!.path} ${text}`),
    computation,
  }
}
