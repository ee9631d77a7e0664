import type { InspectionDifference } from '../../contract/inspection'
import { shapeText } from '../../contract/inspection-table'
import { attributeText } from './attribute-text'
import type { Graph, GraphNode, GraphWeight } from './graph'
import type { OpenedModel } from './opened-model'
import type { ValueReader } from './weight-values'

type Changes = InspectionDifference['header']
type Match = InspectionDifference['nodes']

/** Values are compared up to this many elements a weight: enough to tell another training from the same one. */
const comparedElements = 1 << 16

/** What a node is called in both files: its name, or that of its first output. */
function keyOf({ tensors }: Graph, { name, outputs, op }: GraphNode): string {
  if (name !== '') return name
  const output = outputs.find((tensor) => tensor >= 0)
  return output === undefined ? op : `→ ${tensors[output]!.name}`
}

/** Places by name; those of one name follow each other. */
function places(names: readonly string[]): Map<string, number[]> {
  const found = new Map<string, number[]>()
  names.forEach((name, index) => {
    const known = found.get(name)
    if (known === undefined) found.set(name, [index])
    else known.push(index)
  })
  return found
}

function match(
  before: readonly string[],
  after: readonly string[],
  changesOf: (before: number, after: number) => Changes,
): Match {
  const waiting = places(after)
  const result: Match = { added: [], removed: [], changed: [], same: 0 }
  before.forEach((name, index) => {
    const other = waiting.get(name)?.shift()
    if (other === undefined) {
      result.removed.push(index)
      return
    }
    const changes = changesOf(index, other)
    if (changes.length === 0) result.same += 1
    else result.changed.push({ before: index, after: other, changes })
  })
  result.added.push(...[...waiting.values()].flat().sort((a, b) => a - b))
  return result
}

function changed(what: string, before: string, after: string): Changes {
  return before === after ? [] : [{ what, before, after }]
}

function nodeChanges(before: Graph, after: Graph): (a: number, b: number) => Changes {
  return (a, b) => {
    const [old, now] = [before.nodes[a]!, after.nodes[b]!]
    const names = new Set([...old.attributes.keys(), ...now.attributes.keys()])
    const tensorNames = (graph: Graph, tensors: readonly number[]): string =>
      tensors.map((tensor) => graph.tensors[tensor]?.name ?? '').join(', ')
    const text = (node: GraphNode, name: string): string => {
      const attribute = node.attributes.get(name)
      return attribute === undefined ? '' : attributeText(attribute)
    }
    return [
      ...changed('operator', old.op, now.op),
      ...[...names].flatMap((name) => changed(name, text(old, name), text(now, name))),
      ...changed('inputs', tensorNames(before, old.inputs), tensorNames(after, now.inputs)),
      ...changed('outputs', tensorNames(before, old.outputs), tensorNames(after, now.outputs)),
    ]
  }
}

/** Whether two weights of one type and shape hold the same values, as far as they are compared; null where they cannot be read. */
function sameValues(before: OpenedModel, after: OpenedModel, a: number, b: number): boolean | null {
  const readers: ValueReader[] = []
  try {
    const [one, other] = [before.openValues(a), after.openValues(b)]
    readers.push(one, other)
    const [left, right] = [one.read(0, comparedElements), other.read(0, comparedElements)]
    return left.length === right.length && left.every((value, index) => Object.is(value, right[index]))
  } catch {
    return null
  } finally {
    for (const reader of readers) reader.close()
  }
}

function weightChanges(before: OpenedModel, after: OpenedModel): (a: number, b: number) => Changes {
  return (a, b) => {
    const [old, now]: [GraphWeight, GraphWeight] = [before.graph.weights[a]!, after.graph.weights[b]!]
    const form = [
      ...changed('type', old.dtype, now.dtype),
      ...changed('shape', shapeText(old.shape), shapeText(now.shape)),
    ]
    if (form.length > 0) return form
    return sameValues(before, after, a, b) === false
      ? [{ what: 'values', before: 'as they were', after: 'others' }]
      : []
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
    ...changed('IR version', String(before.header.irVersion), String(after.header.irVersion)),
    ...changed('opsets', opsets(before), opsets(after)),
    ...changed('producer', before.header.producer, after.header.producer),
    ...changed('inputs', values(before, before.inputs), values(after, after.inputs)),
    ...changed('outputs', values(before, before.outputs), values(after, after.outputs)),
  ]
}

/** How a model differs from another, by the names of nodes and weights. */
export function compareModels(before: OpenedModel, after: OpenedModel): InspectionDifference {
  const nodeNames = ({ graph }: OpenedModel): string[] => graph.nodes.map((node) => keyOf(graph, node))
  const weightNames = ({ graph }: OpenedModel): string[] =>
    graph.weights.map(({ tensor }) => graph.tensors[tensor]!.name)
  return {
    header: headerChanges(before, after),
    nodes: match(nodeNames(before), nodeNames(after), nodeChanges(before.graph, after.graph)),
    weights: match(weightNames(before), weightNames(after), weightChanges(before, after)),
  }
}
