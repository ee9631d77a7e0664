import { elementType } from '../../runtime/onnx/element-types'
import type { Shape } from '../graph'
import { moves, views, type Cost, type NodeContext, type Rule, type Values } from '../node-context'
import { axisOf, broadcast, elements, product, sum, tensorBytes } from '../sizes'
import { decodeSmall } from '../weight-values'

// Operators that arrange elements anew. They compute nothing; what counts is how many bytes they move, and shapes are
// worked out through them, so small tensors are followed by value.

const isKnown = (shape: Shape): shape is readonly number[] => shape !== null && !shape.includes(null)

/** Reads and writes what comes out, whatever the size of what it is chosen from. */
function picks(at: NodeContext, ...others: readonly number[]): Cost {
  const output = at.outputBytes()
  return { ...moves, bytesMoved: sum(product(2, output), ...others.map((input) => at.bytes(input))) }
}

function reshape(at: NodeContext): Cost {
  const input = at.shape(0)
  const target = at.values(1) ?? at.ints('shape')
  const keepsZero = at.int('allowzero', 0) === 1
  let shape: (number | null)[] | null = null
  if (target !== null) {
    shape = target.map((size, axis) => (size === 0 && !keepsZero ? (input?.[axis] ?? null) : size))
    const free = shape.indexOf(-1)
    if (free >= 0) {
      const total = elements(input)
      const rest = product(...shape.filter((_, axis) => axis !== free))
      shape[free] = total === null || rest === null ? null : rest === 0 ? 0 : total / rest
    }
  } else {
    const rank = at.shape(1)?.[0] ?? null
    shape = rank === null || rank > 64 ? null : Array.from({ length: rank }, () => null)
  }
  at.give(0, at.dtype(0), shape, at.values(0))
  return views
}

function flatten(at: NodeContext): Cost {
  const input = at.shape(0)
  const axis = at.int('axis', 1)
  const cut = input === null ? 0 : axis < 0 ? axis + input.length : axis
  at.give(0, at.dtype(0), input === null ? null : [product(...input.slice(0, cut)), product(...input.slice(cut))])
  return views
}

function axesOf(at: NodeContext): readonly number[] | null {
  return at.ints('axes') ?? at.known(1)
}

function squeeze(at: NodeContext): Cost {
  const input = at.shape(0)
  const axes = axesOf(at)
  let shape: Shape = null
  if (input !== null) {
    if (axes !== null) {
      const gone = new Set(axes.map((axis) => axisOf(axis, input.length)))
      shape = input.filter((_, axis) => !gone.has(axis))
    } else if (!at.has(1) && isKnown(input)) shape = input.filter((size) => size !== 1)
  }
  at.give(0, at.dtype(0), shape, at.values(0))
  return views
}

function unsqueeze(at: NodeContext): Cost {
  const input = at.shape(0)
  const axes = axesOf(at)
  let shape: Shape = null
  if (input !== null && axes !== null) {
    const rank = input.length + axes.length
    const added = new Set(axes.map((axis) => axisOf(axis, rank)))
    let from = 0
    shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (input[from++] ?? null)))
  }
  at.give(0, at.dtype(0), shape, at.values(0))
  return views
}

function identity(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0), at.values(0))
  return views
}

/** Values along some axes of a tensor: for each axis of the result, which one it is, where it begins and by how much it steps. */
interface Walk {
  readonly axis: number
  readonly start: number
  readonly step: number
  readonly size: number
}

/** The values that such a walk meets, row by row. */
function walkValues(values: Values, shape: readonly number[], walks: readonly Walk[]): Values {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  let places = [0]
  for (const { axis, start, step, size } of walks) {
    places = places.flatMap((place) =>
      Array.from({ length: size }, (_, index) => place + (start + index * step) * strides[axis]!),
    )
  }
  return places.map((place) => values[place] ?? null)
}

function transpose(at: NodeContext): Cost {
  const input = at.shape(0)
  const perm = at.ints('perm') ?? input?.map((_, axis) => input.length - 1 - axis) ?? null
  const fits = input !== null && perm?.length === input.length
  const values = at.values(0)
  const followed =
    fits && values !== null && isKnown(input)
      ? walkValues(
          values,
          input,
          perm.map((axis) => ({ axis, start: 0, step: 1, size: input[axis] ?? 0 })),
        )
      : null
  at.give(0, at.dtype(0), fits ? perm.map((axis) => input[axis] ?? null) : null, followed)
  return moves
}

function concat(at: NodeContext): Cost {
  const shapes = Array.from({ length: at.inputs }, (_, input) => at.shape(input))
  const [first = null] = shapes
  const axis = first === null ? null : axisOf(at.int('axis', 1), first.length)
  const shape =
    first === null || axis === null
      ? null
      : first.map((_, place) =>
          place === axis
            ? sum(...shapes.map((other) => other?.[place] ?? null))
            : (shapes.map((other) => other?.[place] ?? null).find((size) => size !== null) ?? null),
        )
  const rows = shapes.map((_, input) => at.values(input))
  const isFlat = shape?.length === 1 && rows.every((row) => row !== null)
  at.give(0, at.dtype(0), shape, isFlat ? rows.flatMap((row) => [...row]) : null)
  return moves
}

function split(at: NodeContext): Cost {
  const input = at.shape(0)
  const axis = input === null ? null : axisOf(at.int('axis', 0), input.length)
  const given = at.ints('split') ?? at.values(1)
  let begin = 0
  for (let output = 0; output < at.outputs; output += 1) {
    const size = axis === null ? null : (input![axis] ?? null)
    const part = given?.[output] ?? evenPart(size, at.outputs, output, given !== null)
    const values = input?.length === 1 && part !== null ? at.values(0)?.slice(begin, begin + part) : undefined
    at.give(
      output,
      at.dtype(0),
      axis === null ? null : input!.map((other, place) => (place === axis ? part : other)),
      values ?? null,
    )
    begin += part ?? 0
  }
  return moves
}

/** Parts of one size, the last one smaller where it does not come out even. */
function evenPart(size: number | null, parts: number, part: number, given: boolean): number | null {
  if (size === null || given) return null
  const each = Math.ceil(size / parts)
  return Math.max(0, Math.min(each, size - part * each))
}

function slice(at: NodeContext): Cost {
  const input = at.shape(0)
  const starts = at.ints('starts') ?? at.values(1)
  const ends = at.ints('ends') ?? at.values(2)
  const axes = at.ints('axes') ?? (at.has(3) ? at.known(3) : (starts?.map((_, axis) => axis) ?? null))
  const steps = at.has(4) ? at.values(4) : null
  if (input === null || axes === null || starts === null || ends === null) {
    at.give(0, at.dtype(0), input?.map(() => null) ?? null)
    return picks(at)
  }
  const ranges = input.map((size) => ({ size, start: 0, step: 1 }))
  axes.forEach((axis, place) => {
    const front = axisOf(axis, input.length)
    if (front !== null)
      ranges[front] = range(input[front]!, starts[place] ?? null, ends[place] ?? null, steps?.[place] ?? 1)
  })
  const values = at.values(0)
  const isWhole = values !== null && isKnown(input) && ranges.every(({ size }) => size !== null)
  const kept = isWhole
    ? walkValues(
        values,
        input,
        ranges.map(({ start, step, size }, axis) => ({ axis, start, step, size: size! })),
      )
    : null
  at.give(
    0,
    at.dtype(0),
    ranges.map(({ size }) => size),
    kept,
  )
  return picks(at)
}

function range(
  size: number | null,
  start: number | null,
  end: number | null,
  step: number,
): { size: number | null; start: number; step: number } {
  if (size === null || start === null || end === null || step === 0) return { size: null, start: 0, step: 1 }
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const clamp = (value: number, least: number): number =>
    Math.min(Math.max(value < 0 ? value + size : value, least), high)
  const from = clamp(start, step > 0 ? 0 : 0)
  const to = clamp(end, low)
  return { size: Math.max(0, Math.ceil((to - from) / step)), start: from, step }
}

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

function sameAsFirst(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  return moves
}

function expand(at: NodeContext): Cost {
  const target = at.values(1)
  const shape = target === null ? null : broadcast(at.shape(0), target)
  const values = at.values(0)
  const count = elements(shape)
  const filled =
    values?.length === 1 && count !== null && count <= 1024 ? Array.from({ length: count }, () => values[0]!) : null
  at.give(0, at.dtype(0), shape, filled)
  return picks(at)
}

function tile(at: NodeContext): Cost {
  const repeats = at.values(1)
  at.give(0, at.dtype(0), at.shape(0)?.map((size, axis) => product(size, repeats?.[axis] ?? null)) ?? null)
  return moves
}

function pad(at: NodeContext): Cost {
  const input = at.shape(0)
  const pads = at.ints('pads') ?? at.known(1)
  const axes = at.has(3) ? at.known(3) : (input?.map((_, axis) => axis) ?? null)
  const shape =
    input?.map((size, axis) => {
      if (pads === null || axes === null) return null
      const place = axes.findIndex((other) => axisOf(other, input.length) === axis)
      return place < 0 || size === null ? size : size + (pads[place] ?? 0) + (pads[place + axes.length] ?? 0)
    }) ?? null
  at.give(0, at.dtype(0), shape)
  return moves
}

/** The sizes themselves: what shapes are computed from. */
function shapeOf(at: NodeContext): Cost {
  const input = at.shape(0)
  const [start, end] = [at.int('start', 0), at.int('end', Number.MAX_SAFE_INTEGER)]
  const sizes = input?.slice(start, end) ?? null
  at.give(0, 'int64', sizes === null ? null : [sizes.length], sizes)
  return views
}

function sizeOf(at: NodeContext): Cost {
  at.give(0, 'int64', [], [elements(at.shape(0))])
  return views
}

function constant(at: NodeContext): Cost {
  const value = at.attribute('value')?.t
  if (value !== undefined)
    at.give(0, elementType(value.dataType)?.name ?? null, value.dims.map(Number), decodeSmall(value))
  const one = at.attribute('value_int') ?? at.attribute('value_float')
  if (one !== undefined)
    at.give(0, one.name === 'value_int' ? 'int64' : 'float32', [], [one.name === 'value_int' ? Number(one.i) : one.f])
  const many = at.ints('value_ints') ?? at.attribute('value_floats')?.floats
  if (many !== undefined)
    at.give(0, at.attribute('value_ints') === undefined ? 'float32' : 'int64', [many.length], many)
  if (at.attribute('value_string') !== undefined) at.give(0, 'string', [])
  return views
}

function constantOfShape(at: NodeContext): Cost {
  const value = at.attribute('value')?.t
  const fill = value === undefined ? 0 : (decodeSmall(value)?.[0] ?? null)
  const shape = at.values(0)
  const count = elements(shape)
  const values: Values | null = count !== null && count <= 1024 ? Array.from({ length: count }, () => fill) : null
  at.give(0, value === undefined ? 'float32' : (elementType(value.dataType)?.name ?? null), shape, values)
  return { ...moves, bytesMoved: at.outputBytes() }
}

function rangeOf(at: NodeContext): Cost {
  const [start, limit, delta] = [at.known(0)?.[0], at.known(1)?.[0], at.known(2)?.[0]]
  const isGiven = start !== undefined && limit !== undefined && delta !== undefined && delta !== 0
  const length = isGiven ? Math.max(0, Math.ceil((limit - start) / delta)) : null
  const values =
    length !== null && length <= 1024 ? Array.from({ length }, (_, index) => start! + index * delta!) : null
  at.give(0, at.dtype(0), [length], values)
  return { macs: 0, elementOps: length }
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

function cumSum(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  return { macs: 0, elementOps: elements(at.outputShape()) }
}

/** Writes updates into a copy of the first input. */
function scatter(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  const data = tensorBytes(at.dtype(0), at.shape(0))
  return { ...moves, bytesMoved: sum(product(2, data), at.bytes(1), product(2, at.bytes(2))) }
}

export const layoutRules: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherND: gatherNd,
  GatherElements: gatherElements,
  GatherBlockQuantized: gatherBlockQuantized,
  Scatter: scatter,
  ScatterElements: scatter,
  ScatterND: scatter,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Shape: shapeOf,
  Size: sizeOf,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: rangeOf,
  Trilu: sameAsFirst,
  ReverseSequence: sameAsFirst,
  EyeLike: sameAsFirst,
  CumSum: cumSum,
  TopK: topK,
  OneHot: oneHot,
  NonZero: nonZero,
  Compress: chosen,
  Unique: chosen,
  NonMaxSuppression: nonMaxSuppression,
}
