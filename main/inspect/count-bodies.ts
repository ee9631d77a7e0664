// What If, Loop and Scan cost: that of their bodies, as often as they run.
import type { GraphBody, Shape } from './graph'
import { moves, type Cost, type Frame, type NodeContext } from './node-context'
import { axisOf, product } from './sizes'

/** How bodies are counted. */
export interface BodyCounter {
  readonly frame: Frame
  /** Counts a body with what the frame says of its inputs. */
  run(body: GraphBody): Cost
  /** Takes back what a count said of a body's tensors. */
  forget(body: GraphBody): void
}

const unknownCost: Cost = { macs: null, elementOps: null, bytesMoved: null }
/** A carried size may change once, and with it others that follow from it. */
const mostWidenings = 4

/** Counts a node with bodies; null where it is none of the three. */
export function countBodies(at: NodeContext, counter: BodyCounter): Cost | null {
  const [body] = at.node.bodies
  if (at.node.domain !== '' || body === undefined) return null
  switch (at.node.op) {
    case 'If':
      return countIf(at, counter)
    case 'Loop':
      return countLoop(at, body, counter)
    case 'Scan':
      return countScan(at, body, counter)
    default:
      return null
  }
}

/** The branch that is taken where that is known before a run; the dearer one otherwise. */
function countIf(at: NodeContext, counter: BodyCounter): Cost {
  const named = (attribute: string) => at.node.bodies.find((body) => body.attribute === attribute)
  const branches = [named('then_branch'), named('else_branch')] as const
  const [yes = moves, no = moves] = branches.map((body) => (body === undefined ? moves : counter.run(body)))
  const condition = at.known(0)?.[0]
  const taken = condition === undefined ? ((no.macs ?? 0) > (yes.macs ?? 0) ? 1 : 0) : condition !== 0 ? 0 : 1
  branches[taken]?.outputs.forEach((tensor, output) => give(at, output, counter.frame, tensor))
  const cost = taken === 0 ? yes : no
  if (condition !== undefined) return { ...cost, bytesMoved: cost.bytesMoved ?? null }
  if (yes.macs === null || no.macs === null) return unknownCost
  return { ...cost, bytesMoved: cost.bytesMoved ?? null, assumption: 'The dearer one of its two branches' }
}

/** Inputs: the number of passes, the condition, what is carried on. The body gives the condition, what is carried, and rows. */
function countLoop(at: NodeContext, body: GraphBody, counter: BodyCounter): Cost {
  const { frame } = counter
  const passes = at.known(0)?.[0] ?? at.runSize('passes', 'how often its body runs', null)
  const carried = body.inputs.length - 2
  const [number = -1, condition = -1] = body.inputs
  if (number >= 0) frame.shapes[number] ??= []
  if (condition >= 0) {
    frame.shapes[condition] ??= []
    frame.values[condition] = at.has(1) ? at.values(1) : [1]
  }
  const from = Array.from({ length: carried }, (_, place) => place)
  const cost = settle(body, counter, () => {
    for (const place of from) pass(at, place + 2, frame, body.inputs[place + 2] ?? -1)
    return from.map((place) => [body.inputs[place + 2] ?? -1, body.outputs[place + 1] ?? -1] as const)
  })
  for (const place of from) give(at, place, frame, body.outputs[place + 1] ?? -1)
  for (let output = carried; output < at.outputs; output += 1) {
    give(at, output, frame, body.outputs[output + 1] ?? -1, (shape) => [passes, ...shape])
  }
  const goesOn = frame.values[body.outputs[0] ?? -1]?.[0]
  const mayStop = typeof goesOn !== 'number' && at.has(0)
  return repeated(cost, passes, mayStop ? 'As many passes as there may be: it can stop earlier' : undefined)
}

/** Inputs: states, then what is walked along an axis. The body gives states, then rows. */
function countScan(at: NodeContext, body: GraphBody, counter: BodyCounter): Cost {
  // Before opset 9 it had a batch and lengths.
  if (at.opset < 9) return unknownCost
  const { frame } = counter
  const scanned = at.int('num_scan_inputs', 1)
  const states = at.inputs - scanned
  const inputAxes = at.ints('scan_input_axes') ?? []
  const outputAxes = at.ints('scan_output_axes') ?? []
  const along = (place: number, rank: number): number => axisOf(inputAxes[place] ?? 0, rank) ?? 0
  const first = at.shape(states)
  const passes = first === null ? null : (first[along(0, first.length)] ?? null)
  const cost = settle(body, counter, () => {
    body.inputs.forEach((tensor, input) => {
      const isWalked = input >= states
      pass(at, input, frame, tensor, (shape) =>
        isWalked ? shape.filter((_, axis) => axis !== along(input - states, shape.length)) : shape,
      )
    })
    return Array.from({ length: states }, (_, state) => [body.inputs[state] ?? -1, body.outputs[state] ?? -1] as const)
  })
  for (let output = 0; output < at.outputs; output += 1) {
    const isState = output < states
    give(at, output, frame, body.outputs[output] ?? -1, (shape) => {
      if (isState) return shape
      const axis = axisOf(outputAxes[output - states] ?? 0, shape.length + 1) ?? 0
      return [...shape.slice(0, axis), passes, ...shape.slice(axis)]
    })
  }
  return repeated(cost, passes)
}

/**
 * Counts one pass. What is carried on with another shape than it came with has a size that changes from pass to pass: it is unknown.
 * @param begin hands the node's inputs to the body; gives the pairs of tensors that are carried from a pass's end to the next's start
 */
function settle(
  body: GraphBody,
  counter: BodyCounter,
  begin: () => readonly (readonly [start: number, end: number])[],
): Cost {
  const { frame } = counter
  const pairs = begin()
  let cost = counter.run(body)
  for (let round = 0; round < mostWidenings; round += 1) {
    const widened = pairs.map(([start, end]) => [start, common(frame.shapes[start], frame.shapes[end])] as const)
    const isSettled = widened.every(([start, shape]) => start < 0 || sameShape(shape, frame.shapes[start] ?? null))
    if (isSettled) return cost
    counter.forget(body)
    for (const [start, shape] of widened) if (start >= 0) frame.shapes[start] = shape
    cost = counter.run(body)
  }
  return cost
}

/** What two shapes of one tensor have in common. */
function common(before: Shape | undefined, after: Shape | undefined): Shape {
  if (before == null || after == null || before.length !== after.length) return null
  return before.map((size, axis) => (size === after[axis] ? size : null))
}

function sameShape(one: Shape, other: Shape): boolean {
  if (one === null || other === null) return one === other
  return one.length === other.length && one.every((size, axis) => size === other[axis])
}

/** Hands a node's input to its body. */
function pass(
  at: NodeContext,
  input: number,
  frame: Frame,
  tensor: number,
  change: (shape: readonly (number | null)[]) => Shape = (shape) => shape,
): void {
  if (tensor < 0) return
  const shape = at.shape(input)
  frame.shapes[tensor] = shape === null ? null : change(shape)
  frame.dtypes[tensor] = at.dtype(input)
}

/** Makes a body's tensor an output of its node. */
function give(
  at: NodeContext,
  output: number,
  frame: Frame,
  tensor: number,
  change: (shape: readonly (number | null)[]) => Shape = (shape) => shape,
): void {
  const shape = frame.shapes[tensor] ?? null
  at.give(output, frame.dtypes[tensor] ?? null, shape === null ? null : change(shape))
}

function repeated(cost: Cost, passes: number | null, assumption?: string): Cost {
  return {
    macs: product(cost.macs, passes),
    elementOps: product(cost.elementOps, passes),
    bytesMoved: product(cost.bytesMoved ?? null, passes),
    ...(assumption === undefined ? {} : { assumption }),
  }
}
