import type { Inspection } from '../../../../contract/inspection'
import type { InspectionCounts } from '../../../../contract/inspection-counts'
import { formatShape } from './figures'
import type { Item } from './item'

/** Words by which each node and weight is found: operator, name, shapes and element types. */
export type SearchIndex = readonly { readonly item: Item; readonly words: string }[]

/** Beyond this nobody reads the list. */
export const mostFound = 2000

export function searchIndexOf(inspection: Inspection, counts: InspectionCounts | null): SearchIndex {
  const shapeOf = (tensor: number) =>
    plain(formatShape(counts?.shapes[tensor] ?? inspection.tensors[tensor]?.shape ?? null))
  const dtypeOf = (tensor: number) => counts?.dtypes[tensor] ?? inspection.tensors[tensor]?.dtype ?? ''
  const nodes = inspection.nodes.map((node, index) => {
    const tensors = [...node.inputs, ...node.outputs].filter((tensor) => tensor >= 0)
    const about = tensors.map((tensor) => `${shapeOf(tensor)} ${dtypeOf(tensor)}`)
    return { item: { kind: 'node' as const, index }, words: [node.op, node.domain, node.name, ...about].join(' ') }
  })
  const weights = inspection.weights.map((weight, index) => ({
    item: { kind: 'weight' as const, index },
    words: [inspection.tensors[weight.tensor]?.name, plain(formatShape(weight.shape)), weight.dtype].join(' '),
  }))
  return [...nodes, ...weights].map(({ item, words }) => ({ item, words: words.toLowerCase() }))
}

/** Items that hold every word; `3x3` finds `3 × 3`. */
export function searchItems(index: SearchIndex, query: string): readonly Item[] {
  const words = plain(query.toLowerCase()).split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: Item[] = []
  for (const entry of index) {
    if (words.every((word) => entry.words.includes(word))) found.push(entry.item)
    if (found.length >= mostFound) break
  }
  return found
}

/** Sizes without spaces around their sign, as people type them. */
function plain(text: string): string {
  return text.replace(/\s*[×*]\s*/g, 'x').replace(/(\d)\s*x\s*(?=\d)/g, '$1x')
}
