import type { Inspection } from '../../../../contract/inspection'
import { itemKey, type Item } from '../model/item'
import type { ModelGraph } from '../model/model-graph'
import { scopeItems } from '../model/tree-rows'
import { entry, exit, type GraphBox, type GraphGroup, type GraphLine } from './graph-group'

/** What a box stands for. */
export interface BoxContent {
  readonly id: string
  /** A stretch is some of a scope's parts in a row, folded because the scope has too many to draw at once. */
  readonly kind: 'scope' | 'node' | 'stretch' | 'input' | 'output'
  /** Null for a stretch. */
  readonly item: Item | null
  /** Of a stretch: its parts. */
  readonly parts: readonly Item[]
  /** Whether there is something in it that can be unfolded. */
  readonly isFolded: boolean
  /** Tensor that goes on from it, for its shape; the last one where there are several. */
  output: number | null
}

export interface BuiltGraph {
  readonly group: GraphGroup
  /** By id, open groups included. */
  readonly contents: ReadonlyMap<string, BoxContent>
  /** The box or the groups and the box in which each node is seen, from outside in. */
  readonly pathOf: ReadonlyMap<number, readonly string[]>
}

/** More than so many boxes side by side are folded into stretches. */
const mostInGroup = 48
const stretchLength = 32
/** More inputs or outputs than that are one box. */
const mostEnds = 8

const sizes = {
  big: { width: 200, height: 52 },
  small: { width: 148, height: 28 },
  end: { width: 200, height: 36 },
} as const

/** The graph as far as it stands unfolded. `open` holds ids of scopes and stretches. */
export function buildGroup(inspection: Inspection, graph: ModelGraph, open: ReadonlySet<string>): BuiltGraph {
  const contents = new Map<string, BoxContent>()
  const pathOf = new Map<number, readonly string[]>()
  const endOf = new Map<string, string>()
  const lines = new Map<string, Map<string, GraphLine & { readonly tensors: number[] }>>()

  function contentOf(part: Part): BoxContent {
    if ('parts' in part) return { ...part, kind: 'stretch', item: null, isFolded: true, output: null }
    const isFolded = part.kind === 'scope'
    return {
      id: itemKey(part),
      kind: part.kind === 'scope' ? 'scope' : 'node',
      item: part,
      parts: [],
      isFolded,
      output: null,
    }
  }

  function childrenOf(parts: readonly Part[], path: readonly string[]): (GraphBox | GraphGroup)[] {
    return folded(parts, path.at(-1) ?? '').map((part) => {
      const content = contentOf(part)
      contents.set(content.id, content)
      const here = [...path, content.id]
      if (content.isFolded && open.has(content.id)) {
        const inside = 'parts' in part ? part.parts : scopeParts(part.index)
        return { id: content.id, children: childrenOf(inside, here), lines: [] }
      }
      for (const node of nodesOf(part)) pathOf.set(node, here)
      return { id: content.id, ...sizeOf(content) }
    })
  }

  function scopeParts(scope: number): readonly Item[] {
    return scopeItems(inspection, graph, scope).filter((item) => !isHidden(item))
  }

  /** What reads weights alone is a weight by another name: the card of the node that uses it shows it. */
  function isHidden({ kind, index }: Item): boolean {
    if (kind === 'node') return graph.fixed.has(index) && !isOutput(index)
    return kind === 'scope' && scopeParts(index).length === 0
  }

  function isOutput(node: number): boolean {
    return inspection.nodes[node]?.outputs.some((tensor) => inspection.outputs.includes(tensor)) === true
  }

  function nodesOf(part: Part): readonly number[] {
    if ('parts' in part) return part.parts.flatMap(nodesOf)
    if (part.kind === 'node') return [part.index]
    return [...(graph.nodesIn[part.index] ?? []), ...(graph.scopesIn[part.index] ?? []).flatMap(scopeNodes)]
  }

  function scopeNodes(scope: number): readonly number[] {
    return nodesOf({ kind: 'scope', index: scope })
  }

  function sizeOf({ kind, item }: BoxContent): { readonly width: number; readonly height: number } {
    if (kind !== 'node' || item === null) return sizes.big
    const node = inspection.nodes[item.index]
    const holds = (graph.weightsOf.get(item.index) ?? []).some(
      (weight) => (inspection.weights[weight]?.parameters ?? 0) > 0,
    )
    const isHeavy = node !== undefined && (heavy.test(node.op) || holds)
    return isHeavy ? sizes.big : sizes.small
  }

  /** Inputs or outputs of the model: each a box, or one for all where they are many and nobody asked. */
  function ends(tensors: readonly number[], kind: 'input' | 'output'): GraphBox[] {
    const parts = tensors.map((index): Item => ({ kind: 'tensor', index }))
    const all = `all-${kind}s`
    if (tensors.length > mostEnds && !open.has(all)) {
      contents.set(all, { id: all, kind, item: null, parts, isFolded: true, output: null })
      for (const tensor of tensors) endOf.set(`${kind}-${tensor}`, all)
      return [{ id: all, ...sizes.end }]
    }
    return parts.map((item) => {
      const id = `${kind}-${item.index}`
      contents.set(id, { id, kind, item, parts: [], isFolded: false, output: item.index })
      endOf.set(id, id)
      return { id, ...sizes.end }
    })
  }

  function connect(from: readonly string[], to: readonly string[], tensor: number): void {
    let common = 0
    while (common < from.length && common < to.length && from[common] === to[common]) common += 1
    if (common === from.length || common === to.length) return
    add(from[common - 1] ?? '', from[common]!, to[common]!, tensor)
    for (let depth = common; depth < from.length - 1; depth += 1) add(from[depth]!, from[depth + 1]!, exit, tensor)
    for (let depth = common; depth < to.length - 1; depth += 1) add(to[depth]!, entry, to[depth + 1]!, tensor)
    const last = contents.get(from.at(-1)!)
    if (last !== undefined) last.output = tensor
  }

  function inputEnd(tensor: number): readonly string[] | undefined {
    const id = endOf.get(`input-${tensor}`)
    return id === undefined ? undefined : [id]
  }

  function add(group: string, from: string, to: string, tensor: number): void {
    const ofGroup = lines.get(group) ?? new Map<string, GraphLine & { readonly tensors: number[] }>()
    lines.set(group, ofGroup)
    const key = `${from} ${to}`
    const line = ofGroup.get(key)
    if (line === undefined) ofGroup.set(key, { from, to, tensors: [tensor] })
    else if (line.tensors.at(-1) !== tensor) line.tensors.push(tensor)
  }

  const inputs = ends(inspection.inputs, 'input')
  const children = childrenOf(scopeParts(0), [])
  const outputs = ends(inspection.outputs, 'output')
  inspection.nodes.forEach((node, index) => {
    const to = pathOf.get(outermost(inspection, index))
    if (to === undefined) return
    for (const tensor of new Set(node.inputs)) {
      if (tensor < 0) continue
      const producer = graph.producer[tensor] ?? -1
      const from = producer >= 0 ? pathOf.get(outermost(inspection, producer)) : inputEnd(tensor)
      if (from !== undefined) connect(from, to, tensor)
    }
  })
  for (const tensor of inspection.outputs) {
    const producer = graph.producer[tensor] ?? -1
    const from = producer >= 0 ? pathOf.get(producer) : inputEnd(tensor)
    if (from !== undefined) connect(from, [endOf.get(`output-${tensor}`)!], tensor)
  }
  const group = { id: '', children: [...inputs, ...children, ...outputs], lines: [] }
  return { group: withLines(group, lines), contents, pathOf }
}

type Part = Item | { readonly id: string; readonly parts: readonly Item[] }

const heavy = /Conv|MatMul|Gemm|Attention|LSTM|GRU|RNN|Einsum/

/** Too many parts for one group become stretches of parts in a row. */
function folded(parts: readonly Part[], group: string): readonly Part[] {
  if (parts.length <= mostInGroup) return parts
  const items = parts.flatMap((part) => ('parts' in part ? part.parts : [part]))
  const length = Math.max(stretchLength, Math.ceil(items.length / mostInGroup))
  const stretches: Part[] = []
  for (let at = 0; at < items.length; at += length) {
    stretches.push({ id: `stretch-${group}-${at}-${length}`, parts: items.slice(at, at + length) })
  }
  return stretches
}

/** The node outside of all bodies that a node's work belongs to. */
function outermost(inspection: Inspection, node: number): number {
  let at = node
  for (let outer = inspection.nodes[at]?.within ?? null; outer !== null; outer = inspection.nodes[at]?.within ?? null)
    at = outer
  return at
}

function withLines(group: GraphGroup, lines: ReadonlyMap<string, ReadonlyMap<string, GraphLine>>): GraphGroup {
  return {
    ...group,
    children: group.children.map((child) => ('children' in child ? withLines(child, lines) : child)),
    lines: [...(lines.get(group.id)?.values() ?? [])],
  }
}
