import { shapeAt, type InspectionCounts } from '../../../../contract/inspection-counts'
import type { Opened } from '../context'
import { metricFigure, type Metric } from '../model/costs'
import { formatShape } from '../model/figures'
import { itemKey, type Item } from '../model/item'
import { nodeLabel } from '../model/model-graph'
import type { BoxContent } from './build-group'

export interface BoxWords {
  readonly title: string
  readonly detail: string
  readonly value: number | null
  readonly figure: string
}

/** What stands in a box. */
export function boxWords(
  content: BoxContent,
  opened: Opened,
  counts: InspectionCounts | null,
  metric: Metric,
): BoxWords {
  const { inspection } = opened
  const value = valueOf(content, opened, metric)
  const shape = content.output === null ? null : shapeWords(content.output, opened, counts)
  const figure = content.kind === 'input' || content.kind === 'output' ? '' : metricFigure(metric, value)
  switch (content.kind) {
    case 'input':
    case 'output':
      if (content.item === null) {
        return {
          title: `${content.parts.length} ${content.kind}s`,
          detail: partNames(content.parts, opened),
          value: null,
          figure,
        }
      }
      return { title: inspection.tensors[content.item.index]?.name ?? '', detail: shape ?? '', value: null, figure }
    case 'node': {
      const node = inspection.nodes[content.item!.index]!
      const label = nodeLabel(node)
      const op = label.toLowerCase().startsWith(node.op.toLowerCase()) ? null : node.op
      return { title: label, detail: joined(op, shape), value, figure }
    }
    case 'scope': {
      const scope = inspection.scopes[content.item!.index]!
      return { title: scope.name, detail: joined(countWords(content.item!, opened), shape), value, figure }
    }
    case 'stretch': {
      const [first, last] = [content.parts[0], content.parts.at(-1)]
      const names = [first, last].map((part) => (part === undefined ? '' : partName(part, opened)))
      return { title: names.join(' … '), detail: joined(`${content.parts.length} in a row`, shape), value, figure }
    }
  }
}

function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(', ')
}

function shapeWords(tensor: number, { inspection }: Opened, counts: InspectionCounts | null): string | null {
  const declared = inspection.tensors[tensor]?.shape ?? null
  const known = shapeAt(counts, tensor)
  // A size that is not known yet is told by its name.
  const mixed = known === null ? declared : known.map((size, axis) => size ?? declared?.[axis] ?? null)
  return mixed === null ? null : formatShape(mixed)
}

function countWords({ index }: Item, { graph }: Opened): string {
  const scopes = graph.scopesIn[index]?.length ?? 0
  const nodes = graph.nodesIn[index]?.length ?? 0
  return scopes > 0 ? `${scopes} ${scopes === 1 ? 'part' : 'parts'}` : `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
}

function partNames(parts: readonly Item[], { inspection }: Opened): string {
  return parts.map(({ index }) => inspection.tensors[index]?.name ?? '').join(', ')
}

function partName({ kind, index }: Item, { inspection }: Opened): string {
  if (kind === 'scope') return inspection.scopes[index]?.name ?? ''
  const node = inspection.nodes[index]
  return node === undefined ? '' : nodeLabel(node)
}

function valueOf({ item, parts }: BoxContent, { costs }: Opened, metric: Metric): number | null {
  if (item?.kind === 'scope') return costs.scopes[metric][item.index] ?? null
  if (item?.kind === 'node') return costs.nodes[metric][item.index] ?? null
  if (parts.length === 0) return null
  const values = parts.map((part) => (part.kind === 'scope' ? costs.scopes : costs.nodes)[metric][part.index] ?? null)
  if (metric !== 'time' && values.includes(null)) return null
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

/** What stands for an input or an output where they are folded into one box. */
function foldedEndsOf({ inspection }: Opened, tensor: number): readonly string[] {
  return [
    ...(inspection.inputs.includes(tensor) ? ['all-inputs'] : []),
    ...(inspection.outputs.includes(tensor) ? ['all-outputs'] : []),
  ]
}

/** The box, or the open group, that stands for an item as far as the graph is unfolded. */
export function shownId(
  item: Item | null,
  contents: ReadonlyMap<string, BoxContent>,
  pathOf: ReadonlyMap<number, readonly string[]>,
  opened: Opened,
): string | null {
  const { inspection, graph } = opened
  if (item === null) return null
  if (item.kind === 'tensor')
    return (
      [`input-${item.index}`, `output-${item.index}`, ...foldedEndsOf(opened, item.index)].find((id) =>
        contents.has(id),
      ) ?? null
    )
  if (item.kind === 'weight') {
    const node = inspection.weights[item.index]?.node ?? null
    return node === null ? null : (pathOf.get(node)?.at(-1) ?? null)
  }
  if (item.kind === 'group') return null
  if (item.kind === 'node') return pathOf.get(item.index)?.at(-1) ?? null
  let scope: number | null = item.index
  while (scope !== null && scope !== 0) {
    const id = itemKey({ kind: 'scope', index: scope })
    if (contents.has(id)) return id
    scope = inspection.scopes[scope]?.parent ?? null
  }
  const inside = someNodeIn(item.index, graph)
  return inside === null ? null : (pathOf.get(inside)?.at(-1) ?? null)
}

/** Any node of a scope that is drawn: it leads to the box that the scope is folded into. */
function someNodeIn(scope: number, graph: Opened['graph']): number | null {
  const own = graph.nodesIn[scope]?.find((node) => !graph.fixed.has(node))
  if (own !== undefined) return own
  for (const inner of graph.scopesIn[scope] ?? []) {
    const found = someNodeIn(inner, graph)
    if (found !== null) return found
  }
  return null
}
