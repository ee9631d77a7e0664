import type { InspectedScope } from '../../contract/inspection'
import type { GraphNode, GraphTable } from './graph'

export interface Scopes {
  readonly scopes: readonly InspectedScope[]
  /** Of each node. */
  readonly nodeScopes: readonly number[]
  readonly from: 'nodes' | 'weights'
}

/** The last parts of weights' names that name the weight within its layer. */
const weightWords = new Set([
  'weight',
  'bias',
  'codes',
  'scale',
  'scales',
  'minimum',
  'zero_point',
  'zero_points',
  'gamma',
  'beta',
  'running_mean',
  'running_var',
  'kernel',
])
const deepest = 24

class ScopeTree {
  readonly scopes: InspectedScope[] = [{ name: '', path: '', parent: null }]
  readonly #byPath = new Map([['', 0]])

  at(parts: readonly string[]): number {
    const kept = parts.slice(0, deepest)
    const path = kept.join('/')
    const known = this.#byPath.get(path)
    if (known !== undefined) return known
    const parent = this.at(kept.slice(0, -1))
    const index = this.scopes.length
    this.scopes.push({ name: kept.at(-1)!, path, parent })
    this.#byPath.set(path, index)
    return index
  }
}

const slashParts = (name: string): string[] => name.split('/').filter((part) => part !== '')

/** Layers of a dotted name: `blocks.0.attn_qkv_46` and `blocks.0.attn_qkv.weight/cast` both lie in `blocks/0`. */
function dottedScope(name: string): string[] | null {
  const [label = ''] = name.split('/')
  // `scalar_128.0` is a number, and no layer.
  if (!label.includes('.') || /_-?\d+\.\d+$/.test(label)) return null
  const parts = label
    .replace(/_\d+$/, '')
    .split('.')
    .filter((part) => part !== '')
  if (weightWords.has(parts.at(-1) ?? '')) parts.pop()
  return parts.length > 1 ? parts.slice(0, -1) : null
}

/** By the names of the nodes themselves, as PyTorch and TensorFlow write them. */
function scopesByNodes(nodes: readonly GraphNode[]): Scopes {
  const tree = new ScopeTree()
  const nodeScopes = nodes.map(({ name }) => tree.at(slashParts(name).slice(0, -1)))
  return { scopes: tree.scopes, nodeScopes, from: 'nodes' }
}

/**
 * By the layers that weights are named after. A node that uses no weight lies where the last of what it reads was made: most of
 * what stands between two layers belongs to the first, and a residual sum to the layer that it ends.
 */
function scopesByWeights({ nodes, tensors }: GraphTable): Scopes {
  const tree = new ScopeTree()
  const producers = new Int32Array(tensors.length).fill(-1)
  const nodeScopes: number[] = []
  nodes.forEach((node, index) => {
    const own = dottedScope(node.name)
    const weight = node.inputs
      .map((tensor) => (tensor >= 0 && tensors[tensor]!.weight !== null ? dottedScope(tensors[tensor]!.name) : null))
      .find((found) => found !== null)
    const parts = own ?? weight ?? null
    const source = Math.max(-1, ...node.inputs.map((tensor) => (tensor < 0 ? -1 : producers[tensor]!)))
    nodeScopes.push(parts !== null ? tree.at(parts) : source < 0 ? 0 : nodeScopes[source]!)
    for (const tensor of node.outputs) if (tensor >= 0) producers[tensor] = index
  })
  return { scopes: tree.scopes, nodeScopes, from: 'weights' }
}

/** A tree of the model's parts. Names with slashes are used where most nodes have them. */
export function findScopes(table: GraphTable): Scopes {
  const nested = table.nodes.filter(
    ({ name }) => name.startsWith('/') || (slashParts(name).length > 1 && dottedScope(name) === null),
  ).length
  return nested * 2 >= table.nodes.length ? scopesByNodes(table.nodes) : scopesByWeights(table)
}
