import type { InspectionDifference } from '../../contract/inspection'
import { shapeText } from '../../contract/inspection-table'
import { attributeText } from './attribute-text'
import type { Graph, GraphNode } from './graph'
import { matchNames, matchNodes, type NodeMatching } from './match-nodes'
import type { Matching } from './node-pairs'
import { groupHelpers } from './group-helpers'
import { linksOf } from './node-pairs'
import type { OpenedModel } from './opened-model'
import type { ValueSource } from './weight-values'

type Changes = InspectionDifference['header']

/** Tells of pairs of weights whether their values are the same; null where that cannot be told. */
export type CompareValues = (
  pairs: readonly (readonly [before: ValueSource, after: ValueSource])[],
) => Promise<readonly (boolean | null)[]>

function changed(what: string, before: string, after: string): Changes {
  return before === after ? [] : [{ what, before, after }]
}

/** Puts a matching together with what changed of each pair. */
function differenceOf(
  { pairs, added, removed }: Matching,
  changes: readonly Changes[],
): InspectionDifference['weights'] {
  return {
    added: [...added],
    removed: [...removed],
    changed: pairs.flatMap(([before, after], place) =>
      changes[place]!.length === 0 ? [] : [{ before, after, changes: [...changes[place]!] }],
    ),
    same: changes.filter(({ length }) => length === 0).length,
  }
}

/** Where a tensor comes from: the node and the place among its outputs. */
function producers({ nodes }: Graph): ReadonlyMap<number, readonly [node: number, output: number]> {
  return new Map(
    nodes.flatMap(({ outputs }, node) => outputs.map((tensor, output) => [tensor, [node, output]] as const)),
  )
}

function nodeChanges(before: Graph, after: Graph, { pairs, computesSame }: NodeMatching): Changes[] {
  const other = new Map(pairs)
  const [from, to] = [producers(before), producers(after)]
  /** By name, or as the same output of nodes that are the same: exporters name tensors as they count. */
  const isSame = (a: number, b: number): boolean => {
    if ((before.tensors[a]?.name ?? '') === (after.tensors[b]?.name ?? '')) return true
    const [one, two] = [from.get(a), to.get(b)]
    return one !== undefined && two !== undefined && other.get(one[0]) === two[0] && one[1] === two[1]
  }
  const names = (graph: Graph, tensors: readonly number[]): string =>
    tensors.map((tensor) => graph.tensors[tensor]?.name ?? '').join(', ')
  const text = (node: GraphNode, name: string): string => {
    const attribute = node.attributes.get(name)
    return attribute === undefined ? '' : attributeText(attribute)
  }
  return pairs.map(([a, b]) => {
    const [old, now] = [before.nodes[a]!, after.nodes[b]!]
    const attributes = new Set([...old.attributes.keys(), ...now.attributes.keys()])
    // Of two nodes that compute the same, it says nothing which of them another reads.
    const readsSame =
      computesSame(a, b) ||
      (old.inputs.length === now.inputs.length &&
        old.inputs.every((tensor, place) => isSame(tensor, now.inputs[place]!)))
    return [
      ...changed('operator', old.op, now.op),
      ...[...attributes].flatMap((name) => changed(name, text(old, name), text(now, name))),
      ...(readsSame ? [] : changed('inputs', names(before, old.inputs), names(after, now.inputs))),
      ...changed('outputs', String(old.outputs.length), String(now.outputs.length)),
    ]
  })
}

async function weightChanges(
  before: OpenedModel,
  after: OpenedModel,
  { pairs }: Matching,
  compareValues: CompareValues,
): Promise<Changes[]> {
  const forms = pairs.map(([a, b]) => {
    const [old, now] = [before.graph.weights[a]!, after.graph.weights[b]!]
    return [...changed('type', old.dtype, now.dtype), ...changed('shape', shapeText(old.shape), shapeText(now.shape))]
  })
  const asked = pairs.flatMap(([a, b], place) => {
    if (forms[place]!.length > 0) return []
    const [one, two] = [sourceOf(before, a), sourceOf(after, b)]
    return one === null || two === null ? [] : [{ place, sources: [one, two] as const }]
  })
  const same = await compareValues(asked.map(({ sources }) => sources))
  asked.forEach(({ place }, index) => {
    if (same[index] === false) forms[place] = [{ what: 'values', before: 'as they were', after: 'others' }]
  })
  return forms
}

/** Null where the file does not hold a weight's values. */
function sourceOf({ valueSource }: OpenedModel, weight: number): ValueSource | null {
  try {
    return valueSource(weight)
  } catch {
    // Why they are not there is told where the file is opened.
    return null
  }
}

function headerChanges({ file: before }: OpenedModel, { file: after }: OpenedModel): Changes {
  const opsets = ({ header }: typeof before): string =>
    header.opsets.map(({ domain, version }) => `${domain || 'onnx'} ${version}`).join(', ')
  const values = (file: typeof before, tensors: readonly number[]): string =>
    tensors
      .map(
        (tensor) =>
          `${file.tensors[tensor]!.name} ${file.tensors[tensor]!.dtype ?? '?'} ${shapeText(file.tensors[tensor]!.shape)}`,
      )
      .join('; ')
  return [
    ...changed('format', before.format, after.format),
    ...changed('IR version', String(before.header.irVersion ?? ''), String(after.header.irVersion ?? '')),
    ...changed('opsets', opsets(before), opsets(after)),
    ...changed('producer', before.header.producer, after.header.producer),
    ...changed('inputs', values(before, before.inputs), values(after, after.inputs)),
    ...changed('outputs', values(before, before.outputs), values(after, after.outputs)),
  ]
}

function nodeDifference(before: Graph, after: Graph, matching: NodeMatching): InspectionDifference['nodes'] {
  const found = differenceOf(matching, nodeChanges(before, after, matching))
  const changed = found.changed.map((pair) => ({
    ...pair,
    isOtherOperator: before.nodes[pair.before]!.op !== after.nodes[pair.after]!.op,
  }))
  return { ...found, groups: groupHelpers(matching, linksOf(before), linksOf(after), changed) }
}

/** How a model differs from another. Nodes are matched as `matchNodes` says, weights by their names. */
export async function compareModels(
  before: OpenedModel,
  after: OpenedModel,
  compareValues: CompareValues,
): Promise<InspectionDifference> {
  const weightNames = ({ graph }: OpenedModel): string[] =>
    graph.weights.map(({ tensor }) => graph.tensors[tensor]!.name)
  const nodes = matchNodes(before, after)
  const weights = matchNames(weightNames(before), weightNames(after))
  return {
    header: headerChanges(before, after),
    nodes: nodeDifference(before.graph, after.graph, nodes),
    weights: differenceOf(weights, await weightChanges(before, after, weights, compareValues)),
  }
}
