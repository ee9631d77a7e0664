import type { GraphTable } from './graph'
import type { Frame } from './node-context'
import { tensorBytes } from './sizes'

/** What gives another view of its first input's memory, in onnxruntime as here. */
const viewOps = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity'])

export interface PeakActivation {
  readonly bytes: number | null
  readonly node: number | null
  /** Alive while each top node runs, in their order; null where unknown. */
  readonly live: readonly (number | null)[]
}

/**
 * The most bytes of activations alive at once when the top nodes run in order: a sweep over the lives of tensors, each from
 * its making to its last use. Inputs live from the start, outputs to the end; weights and what is made of them alone do
 * not count, nor does what a body needs within.
 */
export function peakActivation(table: GraphTable, frame: Frame): PeakActivation {
  const { top, tensors, nodes } = table
  const lastUse = lastUses(table)
  // Several tensors on one memory live as long as the longest of them.
  const memory = tensors.map((_, tensor) => tensor)
  const root = (tensor: number): number => {
    let at = tensor
    while (memory[at]! !== at) at = memory[at]!
    return at
  }
  for (const index of top) {
    const { op, domain, inputs, outputs } = nodes[index]!
    const [from = -1, to = -1] = [inputs[0], outputs[0]]
    if (!viewOps.has(op) || domain !== '' || from < 0 || to < 0 || frame.constant[from]!) continue
    memory[to] = root(from)
    lastUse[root(from)] = Math.max(lastUse[root(from)]!, lastUse[to]!)
  }
  const bytes = (tensor: number): number | null =>
    tensor < 0 || frame.constant[tensor]! || memory[tensor] !== tensor
      ? 0
      : tensorBytes(frame.dtypes[tensor]!, frame.shapes[tensor]!)
  const ending: number[][] = top.map(() => [])
  lastUse.forEach((step, tensor) => ending[step]?.push(tensor))
  const alive = new Alive()
  for (const tensor of table.inputs) alive.add(bytes(tensor))
  const live: (number | null)[] = []
  const begun = new Set(table.inputs)
  top.forEach((index, step) => {
    for (const tensor of nodes[index]!.outputs) {
      if (tensor < 0 || begun.has(tensor)) continue
      begun.add(tensor)
      alive.add(bytes(tensor))
    }
    live.push(alive.bytes())
    for (const tensor of ending[step]!) if (begun.has(tensor)) alive.remove(bytes(tensor))
  })
  const most = live.reduce<{ bytes: number; step: number } | null>(
    (best, value, step) => (value !== null && (best === null || value > best.bytes) ? { bytes: value, step } : best),
    null,
  )
  const isWhole = !live.includes(null)
  return { bytes: isWhole ? (most?.bytes ?? 0) : null, node: isWhole && most !== null ? top[most.step]! : null, live }
}

/** A sum with unknown terms. */
class Alive {
  #known = 0
  #unknown = 0

  add(bytes: number | null): void {
    if (bytes === null) this.#unknown += 1
    else this.#known += bytes
  }

  remove(bytes: number | null): void {
    if (bytes === null) this.#unknown -= 1
    else this.#known -= bytes
  }

  bytes(): number | null {
    return this.#unknown > 0 ? null : this.#known
  }
}

/** The step after which each tensor is needed no more; a body's reading counts as its node's. -1 for what nobody reads. */
function lastUses({ nodes, tensors, top, outputs }: GraphTable): Int32Array {
  const lastUse = new Int32Array(tensors.length).fill(-1)
  const stepOf = new Map(top.map((index, step) => [index, step]))
  let step = -1
  nodes.forEach((node, index) => {
    step = stepOf.get(index) ?? step
    // What nobody reads is let go at once.
    for (const tensor of node.outputs) if (tensor >= 0 && lastUse[tensor]! < 0) lastUse[tensor] = step
    for (const tensor of node.inputs) if (tensor >= 0) lastUse[tensor] = step
  })
  for (const tensor of outputs) if (tensor >= 0) lastUse[tensor] = top.length
  return lastUse
}
