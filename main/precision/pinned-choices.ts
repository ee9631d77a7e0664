// Networks that choose rows (the best proposals, the boxes that stay) choose others when their numbers change a little, and every row
// after that is another thing's. To compare numbers, what the reference chose is given to all columns as inputs.

import type { Provider } from '../../contract/devices'
import { openGraph } from '../runtime/open-graph'
import { TensorProto_DataType as Type, type NodeProto } from '../runtime/onnx/onnx_pb'
import { intAttribute, makeNode, type EditableGraph } from './editable-graph'
import type { Feeds } from './graph-set'
import type { VariantStore } from './variant-store'

/** Where and on what graphs are run that are needed once. */
export interface RunPlace {
  readonly store: VariantStore
  readonly provider: Provider
  readonly threads: number
}

/** Operators that choose by value, and which of their outputs says what was chosen. */
const choosers: Readonly<Record<string, number>> = { TopK: 1, NonMaxSuppression: 0, NonZero: 0 }
/** GatherElements, which takes TopK's place, is of this version. */
const leastOpset = 11

function choiceOf(node: NodeProto): string | null {
  const place = node.domain === '' || node.domain === 'ai.onnx' ? choosers[node.opType] : undefined
  return place === undefined ? null : node.output[place] || null
}

/** Names of the values in a graph that say which rows were chosen; none where all rows keep their places. */
export function choicesOf(graph: EditableGraph): string[] {
  return graph.opset < leastOpset ? [] : graph.nodes.flatMap((node) => choiceOf(node) ?? [])
}

/**
 * Makes the choices inputs of the graph, in place. The same graph with its own choices gives the same numbers.
 * @param given inputs for the graph, among them its choices, as `readChoices` gives them
 */
export function pinChoices(graph: EditableGraph, given: Feeds): void {
  const choices = choicesOf(graph)
  if (choices.length === 0) return
  graph.rewrite((node) => {
    const choice = choiceOf(node)
    if (choice === null) return [node]
    const [values, best] = [node.input[0]!, node.output[0]!]
    if (node.opType !== 'TopK' || best === '') return []
    const axis = BigInt(intAttribute(node, 'axis', -1))
    return [makeNode('GatherElements', [values, choice], [best], { attributes: { axis } })]
  })
  for (const name of choices) {
    const dims = given[name]!.shape.map((_, axis) => `${name}.${axis}`)
    graph.addInput(name, Type.INT64, dims)
  }
}

/** What a graph chooses for each of some inputs. @returns one set of further inputs each; empty ones where it chooses nothing */
export async function readChoices(graph: EditableGraph, inputs: readonly Feeds[], place: RunPlace): Promise<Feeds[]> {
  const choices = choicesOf(graph)
  if (choices.length === 0) return inputs.map(() => ({}))
  const copy = graph.copy()
  for (const name of choices) copy.addOutput(name, Type.INT64)
  return runOnce(copy, place, async (run) => {
    const found: Feeds[] = []
    for (const feeds of inputs) found.push(await run(feeds, choices))
    return found
  })
}

/** Writes a graph, opens it, uses it and puts it away. */
export async function runOnce<Result>(
  graph: EditableGraph,
  { store, provider, threads }: RunPlace,
  use: (run: (feeds: Feeds, fetches?: readonly string[]) => Promise<Feeds>) => Promise<Result>,
): Promise<Result> {
  const { path, dispose } = store.temporary()
  try {
    graph.write(path, { isShared: true })
    const session = await openGraph({ path, role: 'layers', provider, threads })
    try {
      return await use((feeds, fetches) => session.run(feeds, fetches))
    } finally {
      await session.release()
    }
  } finally {
    dispose()
  }
}
