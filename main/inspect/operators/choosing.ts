// Operators that pick elements, or put them somewhere. How many there are may be known in a run only.
import { type Cost, moves, type NodeContext, type Rule } from '../node-context'
import { axisOf, elements, product, sum, tensorBytes } from '../sizes'
import { picks } from './picks'

function gather(at: NodeContext): Cost {
  const [input, indices] = [at.shape(0), at.shape(1)]
  const axis = input === null ? null : axisOf(at.int('axis', 0), input.length)
  const shape =
    axis === null || indices === null ? null : [...input!.slice(0, axis), ...indices, ...input!.slice(axis + 1)]
  const [values, chosen] = [at.values(0), at.values(1)]
  const followed =
    values !== null && chosen !== null && input?.length === 1
      ? chosen.map((index) => (index === null ? null : (values.at(index) ?? null)))
      : null
  at.give(0, at.dtype(0), shape, followed)
  return picks(at, 1)
}

function gatherNd(at: NodeContext): Cost {
  const [input, indices] = [at.shape(0), at.shape(1)]
  const depth = indices?.at(-1) ?? null
  const batch = at.int('batch_dims', 0)
  at.give(
    0,
    at.dtype(0),
    input === null || indices === null || depth === null
      ? null
      : [...indices.slice(0, -1), ...input.slice(batch + depth)],
  )
  return picks(at, 1)
}

function gatherElements(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(1))
  return picks(at, 1)
}

/** Rows of a table that is packed into few bits. */
function gatherBlockQuantized(at: NodeContext): Cost {
  const [table, indices] = [at.shape(0), at.shape(1)]
  const perByte = at.dtype(0) === 'uint8' ? 8 / at.int('bits', 4) : 1
  const row = table === null ? null : product(table.at(-1) ?? null, perByte)
  at.give(0, at.dtype(2), table === null || indices === null ? null : [...indices, ...table.slice(1, -1), row])
  return picks(at, 1)
}

function topK(at: NodeContext): Cost {
  const input = at.shape(0)
  const axis = input === null ? null : axisOf(at.int('axis', -1), input.length)
  const count = at.attribute('k') === undefined ? (at.known(1)?.[0] ?? null) : at.int('k', 1)
  const shape = axis === null ? null : input!.map((size, place) => (place === axis ? count : size))
  at.give(0, at.dtype(0), shape)
  at.give(1, 'int64', shape)
  return { macs: 0, elementOps: elements(input) }
}

function oneHot(at: NodeContext): Cost {
  const input = at.shape(0)
  const depth = at.known(1)?.[0] ?? null
  const axis = input === null ? null : axisOf(at.int('axis', -1), input.length + 1)
  at.give(0, at.dtype(2), axis === null ? null : [...input!.slice(0, axis), depth, ...input!.slice(axis)])
  return { ...moves, bytesMoved: sum(at.bytes(0), at.outputBytes()) }
}

/** How much comes out depends on the values. */
function nonZero(at: NodeContext): Cost {
  const input = at.shape(0)
  const values = at.known(0)
  const found =
    values === null
      ? at.runSize('found', 'how many elements are not 0', elements(input))
      : values.filter((value) => value !== 0).length
  at.give(0, 'int64', [input?.length ?? null, found])
  return { macs: 0, elementOps: elements(input) }
}

/** Chosen elements, or slices along an axis. */
function chosen(at: NodeContext): Cost {
  const input = at.shape(0)
  const axis = at.attribute('axis') === undefined || input === null ? null : axisOf(at.int('axis', 0), input.length)
  const most = axis === null ? elements(input) : (input![axis] ?? null)
  const found = at.runSize('found', 'how many are chosen', most)
  at.give(0, at.dtype(0), axis === null ? [found] : input!.map((size, place) => (place === axis ? found : size)))
  return { macs: 0, elementOps: elements(input) }
}

function nonMaxSuppression(at: NodeContext): Cost {
  const [boxes, classes, batch] = [at.shape(0)?.[1] ?? null, at.shape(1)?.[1] ?? null, at.shape(1)?.[0] ?? null]
  const each = at.known(2)?.[0] ?? null
  const kept = product(batch, classes, each === null || boxes === null ? (each ?? boxes) : Math.min(each, boxes))
  at.give(0, 'int64', [at.runSize('found', 'how many boxes are kept', kept), 3])
  // Each box may be compared with each other one of its class.
  const most = product(boxes, boxes, batch, classes)
  return { macs: 0, elementOps: most, assumption: 'The most comparisons of boxes that there can be' }
}

/** Writes updates into a copy of the first input. */
function scatter(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  const data = tensorBytes(at.dtype(0), at.shape(0))
  return { ...moves, bytesMoved: sum(product(2, data), at.bytes(1), product(2, at.bytes(2))) }
}

export const choosingRules: Readonly<Record<string, Rule>> = {
  Gather: gather,
  GatherND: gatherNd,
  GatherElements: gatherElements,
  GatherBlockQuantized: gatherBlockQuantized,
  Scatter: scatter,
  ScatterElements: scatter,
  ScatterND: scatter,
  TopK: topK,
  OneHot: oneHot,
  NonZero: nonZero,
  Compress: chosen,
  Unique: chosen,
  NonMaxSuppression: nonMaxSuppression,
}
