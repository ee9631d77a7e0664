// Operators that give another view of a tensor, or its sizes. They compute and move nothing, and shapes are worked out through them.
import type { Shape } from '../graph'
import { type Cost, type NodeContext, type Rule, views } from '../node-context'
import { axisOf, elements, isKnown, product } from '../sizes'

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

export const viewRules: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Identity: identity,
  Shape: shapeOf,
  Size: sizeOf,
}
