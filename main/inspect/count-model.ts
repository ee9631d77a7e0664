import type { CostColumns, InspectionCounts } from '../../contract/inspection-counts'
import { countGraph } from './count-graph'
import { completeSizes } from './dimensions'
import type { Shape } from './graph'
import type { OpenedModel } from './opened-model'
import { peakActivation } from './peak-activation'

function emptyColumns(length: number): { [Column in keyof CostColumns]: CostColumns[Column] } {
  const zeros = (): number[] => new Array<number>(length).fill(0)
  return { parameters: zeros(), storedBytes: zeros(), macs: zeros(), elementOps: zeros(), bytesMoved: zeros() }
}

const costColumns = ['macs', 'elementOps', 'bytesMoved'] as const

/** Everything that depends on the sizes of the free dimensions. Pure but for the clock. */
export function countModel(
  { file, graph, constants, nodeScopes }: OpenedModel,
  given: Readonly<Record<string, number>>,
): InspectionCounts {
  const began = performance.now()
  const sizes = completeSizes(file.dimensions, given)
  const { frame, costs, unknown, assumed } = countGraph(graph, constants, sizes)
  const nodes = emptyColumns(graph.nodes.length)
  costs.forEach((cost, index) => {
    for (const column of costColumns) nodes[column][index] = cost[column]
  })
  const unused = { parameters: 0, storedBytes: 0 }
  for (const { node, parameters, bytes } of file.weights) {
    if (node === null) {
      unused.parameters += parameters
      unused.storedBytes += bytes
      continue
    }
    nodes.parameters[node]! += parameters
    nodes.storedBytes[node]! += bytes
  }
  const scopes = sumScopes(file.scopes, nodeScopes, graph.nodes, nodes, unknown)
  // What no node uses belongs to the whole alone.
  scopes.parameters[0]! += unused.parameters
  scopes.storedBytes[0]! += unused.storedBytes
  const { live, ...peak } = peakActivation(graph, frame)
  return {
    sizes,
    missing: file.dimensions.filter(({ name }) => !Object.hasOwn(sizes, name)).map(({ name }) => name),
    shapes: shapesOf(frame.shapes),
    dtypes: frame.dtypes,
    nodes,
    scopes,
    unknown: [...unknown].map(([node, reason]) => ({ node, reason })),
    assumed: [...assumed].map(([node, assumption]) => ({ node, assumption })),
    peakActivation: { ...peak, live: [...live] },
    milliseconds: performance.now() - began,
  }
}

/** Each shape once. */
function shapesOf(shapes: readonly Shape[]): InspectionCounts['shapes'] {
  const different: InspectionCounts['shapes']['different'] = []
  const places = new Map<string, number>()
  // Most are one and the same object.
  const known = new Map<Shape, number>()
  const ofTensor = shapes.map((shape) => {
    const found = known.get(shape)
    if (found !== undefined) return found
    const key = shape === null ? 'none' : shape.join()
    const place = places.get(key) ?? different.push(shape === null ? null : [...shape]) - 1
    places.set(key, place)
    known.set(shape, place)
    return place
  })
  return { different, ofTensor }
}

/** Adds nodes up into their scopes, and scopes into their parents, from the innermost out. */
function sumScopes(
  scopes: OpenedModel['file']['scopes'],
  nodeScopes: readonly number[],
  nodes: OpenedModel['graph']['nodes'],
  costs: CostColumns,
  unknown: ReadonlyMap<number, string>,
): InspectionCounts['scopes'] {
  const sums = {
    ...emptyColumns(scopes.length),
    macsAtLeast: new Array<number>(scopes.length).fill(0),
    nodeCounts: new Array<number>(scopes.length).fill(0),
    unknown: new Array<number>(scopes.length).fill(0),
  }
  const add = (values: (number | null)[], scope: number, value: number | null): void => {
    const sum = values[scope] ?? null
    values[scope] = sum === null || value === null ? null : sum + value
  }
  nodes.forEach(({ within }, index) => {
    const scope = nodeScopes[index]!
    sums.parameters[scope]! += costs.parameters[index]!
    sums.storedBytes[scope]! += costs.storedBytes[index]!
    sums.nodeCounts[scope]! += 1
    // A body's cost is in that of its node.
    if (within !== null) return
    for (const column of costColumns) add(sums[column], scope, costs[column][index]!)
    sums.macsAtLeast[scope]! += costs.macs[index] ?? 0
    if (unknown.has(index)) sums.unknown[scope]! += 1
  })
  for (let scope = scopes.length - 1; scope > 0; scope -= 1) {
    const parent = scopes[scope]!.parent!
    for (const column of costColumns) add(sums[column], parent, sums[column][scope]!)
    for (const column of ['parameters', 'storedBytes', 'macsAtLeast', 'nodeCounts', 'unknown'] as const)
      sums[column][parent]! += sums[column][scope]!
  }
  return sums
}
