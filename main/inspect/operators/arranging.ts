// Operators that arrange all elements anew. They compute nothing; what counts is how many bytes they move. Shapes are worked out through
// them, so small tensors are followed by value.
import { type Cost, mostValues, moves, type NodeContext, type Rule, type Values } from '../node-context'
import { axisOf, broadcast, elements, isKnown, product, sum } from '../sizes'
import { picks } from './picks'

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

function expand(at: NodeContext): Cost {
  const target = at.values(1)
  const shape = target === null ? null : broadcast(at.shape(0), target)
  const values = at.values(0)
  const count = elements(shape)
  const filled =
    values?.length === 1 && count !== null && count <= mostValues
      ? Array.from({ length: count }, () => values[0]!)
      : null
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

function sameAsFirst(at: NodeContext): Cost {
  at.give(0, at.dtype(0), at.shape(0))
  return moves
}

export const arrangingRules: Readonly<Record<string, Rule>> = {
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  Trilu: sameAsFirst,
  ReverseSequence: sameAsFirst,
  EyeLike: sameAsFirst,
}
