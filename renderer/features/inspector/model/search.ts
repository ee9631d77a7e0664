import type { Inspection } from '../../../../contract/inspection'
import { shapeAt, type InspectionCounts } from '../../../../contract/inspection-counts'
import { formatShape } from './figures'
import type { Item } from './item'

/** Words by which nodes and weights are found: operator, name, shapes and element types. */
export interface SearchIndex {
  readonly inspection: Inspection
  readonly counts: InspectionCounts | null
  /** Of each node and then of each weight, as far as they were asked for: at other sizes shapes are others. */
  readonly words: (string | undefined)[]
}

/** Beyond this nobody reads the list. */
export const mostFound = 2000

/** Costs nothing until something is searched. */
export function searchIndexOf(inspection: Inspection, counts: InspectionCounts | null): SearchIndex {
  return { inspection, counts, words: [] }
}

/** Items that hold every word; `3x3` finds `3 × 3`. */
export function searchItems(index: SearchIndex, query: string): readonly Item[] {
  const words = plain(query.toLowerCase()).split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const { nodes, weights } = index.inspection
  const found: Item[] = []
  for (let place = 0; place < nodes.length + weights.length && found.length < mostFound; place += 1) {
    const about = (index.words[place] ??= wordsAt(index, place))
    if (!words.every((word) => about.includes(word))) continue
    const isNode = place < nodes.length
    found.push(isNode ? { kind: 'node', index: place } : { kind: 'weight', index: place - nodes.length })
  }
  return found
}

function wordsAt({ inspection, counts }: SearchIndex, place: number): string {
  const { nodes, weights, tensors } = inspection
  const node = nodes[place]
  if (node === undefined) {
    const weight = weights[place - nodes.length]!
    return [tensors[weight.tensor]?.name, shapeWords(weight.shape), weight.dtype].join(' ').toLowerCase()
  }
  const about = [...node.inputs, ...node.outputs].flatMap((tensor) => {
    if (tensor < 0) return []
    const shape = shapeAt(counts, tensor) ?? tensors[tensor]?.shape ?? null
    return [shapeWords(shape), counts?.dtypes[tensor] ?? tensors[tensor]?.dtype ?? '']
  })
  return [node.op, node.domain, node.name, ...about].join(' ').toLowerCase()
}

const shapesInWords = new WeakMap<readonly unknown[], string>()

/** Many tensors share one shape. */
function shapeWords(shape: Parameters<typeof formatShape>[0]): string {
  if (shape === null) return plain(formatShape(null))
  const known = shapesInWords.get(shape)
  if (known !== undefined) return known
  const words = plain(formatShape(shape))
  shapesInWords.set(shape, words)
  return words
}

/** Sizes without spaces around their sign, as people type them. */
function plain(text: string): string {
  return text.replace(/\s*[×*]\s*/g, 'x').replace(/(\d)\s*x\s*(?=\d)/g, '$1x')
}
