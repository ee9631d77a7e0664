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
  const memory = sharedMemory(table, frame, lastUse)
  const bytes = (tensor: number): number | null =>
    tensor < 0 || frame.constant[tensor]! || memory[tensor] !== tensor
      ? 0
      : tensorBytes(frame.dtypes[tensor]!, frame.shapes[tensor]!)
  // Tensors by the step after which they are let go: the first of each step, then from each to the next.
  const ending = new Int32Array(top.length).fill(-1)
  const next = new Int32Array(tensors.length).fill(-1)
  lastUse.forEach((step, tensor) => {
    if (step < 0 || step >= top.length) return
    next[tensor] = ending[step]!
    ending[step] = tensor
  })
  const alive = new Alive()
  for (const tensor of table.inputs) alive.add(bytes(tensor))
  const live: (number | null)[] = []
  const begun = new Uint8Array(tensors.length)
  for (const tensor of table.inputs) begun[tensor] = 1
  top.forEach((index, step) => {
    for (const tensor of nodes[index]!.outputs) {
      if (tensor < 0 || begun[tensor] === 1) continue
      begun[tensor] = 1
      alive.add(bytes(tensor))
    }
    live.push(alive.bytes())
    for (let tensor = ending[step]!; tensor >= 0; tensor = next[tensor]!) {
      if (begun[tensor] === 1) alive.remove(bytes(tensor))
    }
  })
  return { ...highest(top, live), live }
}

/** The tensor on whose memory each lies: several on one memory live as long as the longest of them, which is written into `lastUse`. */
function sharedMemory({ top, tensors, nodes }: GraphTable, frame: Frame, lastUse: Int32Array): Int32Array {
  const memory = Int32Array.from(tensors, (_, tensor) => tensor)
  const root = (tensor: number): number => {
    let at = tensor
    while (memory[at]! !== at) at = memory[at]!
    return at
  }
  for (const index of top) {
    const { op, domain, inputs, outputs } = nodes[index]!
    if (domain !== '' || !viewOps.has(op)) continue
    const [from = -1, to = -1] = [inputs[0], outputs[0]]
    if (from < 0 || to < 0 || frame.constant[from]!) continue
    const home = root(from)
    memory[to] = home
    lastUse[home] = Math.max(lastUse[home]!, lastUse[to]!)
  }
  return memory
}

/** The most that is alive, and where; null as soon as one step is unknown. */
function highest(top: readonly number[], live: readonly (number | null)[]): Omit<PeakActivation, 'live'> {
  let bytes = 0
  let node: number | null = null
  for (const [step, value] of live.entries()) {
    if (value === null) return { bytes: null, node: null }
    if (node !== null && value <= bytes) continue
    bytes = value
    node = top[step]!
  }
  return { bytes, node }
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
  let step = -1
  nodes.forEach((node, index) => {
    // Top nodes stand in the order in which they run; those of a body follow the node that it belongs to.
    if (index === top[step + 1]) step += 1
    // What nobody reads is let go at once.
    for (const tensor of node.outputs) if (tensor >= 0 && lastUse[tensor]! < 0) lastUse[tensor] = step
    for (const tensor of node.inputs) if (tensor >= 0) lastUse[tensor] = step
  })
  for (const tensor of outputs) if (tensor >= 0) lastUse[tensor] = top.length
  return lastUse
}
