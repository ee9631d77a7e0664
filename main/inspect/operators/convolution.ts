import type { Shape } from '../graph'
import type { Cost, NodeContext, Rule } from '../node-context'
import { elements, product } from '../sizes'

// Convolutions, pools and what samples pictures. Shapes are [N, C, spatial...] unless a name says NHWC.

/** Output size of a window that slides over an axis, by ONNX's rule. */
function slidingSize(
  size: number | null,
  {
    kernel,
    stride,
    dilation,
    pads,
    ceil = false,
  }: { kernel: number; stride: number; dilation: number; pads: number; ceil?: boolean },
): number | null {
  if (size === null) return null
  const span = size + pads - (dilation * (kernel - 1) + 1)
  return Math.max(0, (ceil ? Math.ceil(span / stride) : Math.floor(span / stride)) + 1)
}

interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Both sides together; null where the output size is the input's over the stride, whatever the padding. */
  readonly pads: readonly number[] | null
}

function windowOf(at: NodeContext, kernel: readonly number[]): Window {
  const axes = kernel.length
  const all = (value: number): number[] => Array.from({ length: axes }, () => value)
  const auto = at.text('auto_pad', 'NOTSET')
  const given = at.ints('pads')
  const both = given?.length === 2 * axes ? all(0).map((_, axis) => given[axis]! + given[axis + axes]!) : all(0)
  const orOnes = (name: string): readonly number[] => {
    const values = at.ints(name)
    return values?.length === axes ? values : all(1)
  }
  const pads = auto.startsWith('SAME') ? null : auto === 'VALID' ? all(0) : both
  return { kernel, strides: orOnes('strides'), dilations: orOnes('dilations'), pads }
}

function slide(spatial: readonly (number | null)[], window: Window, ceil = false): (number | null)[] {
  return spatial.map((size, axis) => {
    const stride = window.strides[axis] ?? 1
    if (window.pads === null) return size === null ? null : Math.ceil(size / stride)
    return slidingSize(size, {
      kernel: window.kernel[axis] ?? 1,
      stride,
      dilation: window.dilations[axis] ?? 1,
      pads: window.pads[axis] ?? 0,
      ceil,
    })
  })
}

/** Which input holds what, for the quantised forms of one operator. */
interface Places {
  readonly weight: number
  readonly bias: number
  readonly dtype: (at: NodeContext) => string | null
}

const plainPlaces: Places = { weight: 1, bias: 2, dtype: (at) => at.dtype(0) }

/** N Co Hout Wout (Ci/g) prod(k). */
function convolution({ weight, bias, dtype }: Places): Rule {
  return (at) => {
    const input = at.shape(0)
    const filters = at.shape(weight)
    const kernel = at.ints('kernel_shape') ?? filters?.slice(2)
    const known = kernel?.every((size): size is number => size !== null) === true ? kernel : null
    const outputShape: Shape =
      input === null || filters === null
        ? null
        : [
            input[0] ?? null,
            filters[0] ?? null,
            ...(known === null ? input.slice(2).map(() => null) : slide(input.slice(2), windowOf(at, known))),
          ]
    at.give(0, dtype(at), outputShape)
    const output = elements(at.outputShape())
    const perOutput = filters === null ? null : product(...filters.slice(1))
    return { macs: product(output, perOutput), elementOps: at.has(bias) ? output : 0 }
  }
}

/** N Ci Hin Win (Co/g) prod(k): every input element meets every filter once. */
function convTranspose(at: NodeContext): Cost {
  const input = at.shape(0)
  const filters = at.shape(1)
  const kernel = at.ints('kernel_shape') ?? filters?.slice(2) ?? []
  at.give(0, at.dtype(0), transposedShape(at, input, filters, kernel))
  const perInput = filters === null ? null : product(...filters.slice(1))
  return { macs: product(elements(input), perInput), elementOps: at.has(2) ? elements(at.outputShape()) : 0 }
}

function transposedShape(at: NodeContext, input: Shape, filters: Shape, kernel: readonly (number | null)[]): Shape {
  if (input === null || filters === null) return null
  const channels = product(filters[1] ?? null, at.int('group', 1))
  const explicit = at.ints('output_shape')
  const spatial = input.slice(2)
  if (explicit !== null) return [input[0]!, channels, ...explicit.slice(-spatial.length)]
  const { strides, dilations, pads } = windowOf(
    at,
    kernel.map((size) => size ?? 1),
  )
  const extra = at.ints('output_padding')
  const sizes = spatial.map((size, axis) => {
    const k = kernel[axis] ?? null
    if (size === null || k === null) return null
    if (pads === null) return size * strides[axis]!
    return strides[axis]! * (size - 1) + (extra?.[axis] ?? 0) + (k - 1) * dilations[axis]! + 1 - pads[axis]!
  })
  return [input[0]!, channels, ...sizes]
}

/** A window's additions or comparisons for each output. */
function pool(at: NodeContext): Cost {
  const input = at.shape(0)
  const kernel = at.ints('kernel_shape') ?? []
  const ceil = at.int('ceil_mode', 0) === 1
  const shape = input === null ? null : [...input.slice(0, 2), ...slide(input.slice(2), windowOf(at, kernel), ceil)]
  at.give(0, at.dtype(0), shape)
  at.give(1, 'int64', shape)
  return { macs: 0, elementOps: product(elements(at.outputShape()), ...kernel) }
}

/** One addition or comparison for each input. */
function globalPool(at: NodeContext): Cost {
  const input = at.shape(0)
  at.give(0, at.dtype(0), input === null ? null : input.map((size, axis) => (axis < 2 ? size : 1)))
  return { macs: 0, elementOps: elements(input) }
}

/** Multiply-adds for each value of a resized picture: its neighbours, 2 an axis in linear, 4 in cubic interpolation. */
function resize(at: NodeContext): Cost {
  const input = at.shape(0)
  // Opset 10 and Upsample have no region of interest.
  const [scaleInput, sizeInput] = at.node.op === 'Upsample' || at.opset < 11 ? [1, -1] : [2, 3]
  const scales = at.known(scaleInput) ?? (at.attribute('scales')?.floats as readonly number[] | undefined) ?? null
  const sizes = sizeInput < 0 ? null : at.known(sizeInput)
  const axes = at.ints('axes') ?? input?.map((_, axis) => axis) ?? []
  const shape =
    input?.map((size, axis) => {
      const place = axes.indexOf(axis)
      if (place < 0) return size
      if (sizes !== null && sizes.length > 0) return sizes[place] ?? null
      const scale = scales?.[place]
      return size === null || scale === undefined ? null : Math.floor(size * scale)
    }) ?? null
  at.give(0, at.dtype(0), shape)
  const neighbours = { linear: 2, bilinear: 2, cubic: 4 }[at.text('mode', 'nearest')] ?? 0
  const spatial = Math.max(0, (input?.length ?? 0) - 2)
  return { macs: product(elements(at.outputShape()), neighbours === 0 ? 0 : neighbours ** spatial), elementOps: 0 }
}

/** 4 multiply-adds for each value in linear interpolation, 16 in cubic. */
function gridSample(at: NodeContext): Cost {
  const [input, grid] = [at.shape(0), at.shape(1)]
  at.give(0, at.dtype(0), input === null || grid === null ? null : [input[0]!, input[1]!, ...grid.slice(1, -1)])
  const mode = at.text('mode', 'linear')
  const spatial = Math.max(0, (input?.length ?? 2) - 2)
  const factor = mode === 'nearest' ? 0 : (mode.includes('cubic') ? 4 : 2) ** spatial
  return { macs: product(elements(at.outputShape()), factor), elementOps: 0 }
}

/** 4 multiply-adds for each sample; the number of samples is chosen from the region's size where it is not given. */
function roiAlign(at: NodeContext): Cost {
  const [input, regions] = [at.shape(0), at.shape(1)]
  const [height, width] = [at.int('output_height', 1), at.int('output_width', 1)]
  at.give(0, at.dtype(0), input === null || regions === null ? null : [regions[0]!, input[1]!, height, width])
  const ratio = at.int('sampling_ratio', 0)
  const samples = ratio === 0 ? 1 : ratio * ratio
  return {
    macs: product(elements(at.outputShape()), samples, 4),
    elementOps: product(elements(at.outputShape()), samples),
    ...(ratio === 0 ? { assumption: 'One sample a value: the true number depends on the regions' } : {}),
  }
}

/** blocksize^2 channels become one channel's picture, or the other way about. */
function blocks(toSpace: boolean): Rule {
  return (at) => {
    const input = at.shape(0)
    const size = at.int('blocksize', 1)
    const by = (value: number | null, factor: number): number | null =>
      value === null ? null : Math.floor(value * factor)
    const [channels, spatial] = toSpace ? [1 / (size * size), size] : [size * size, 1 / size]
    at.give(
      0,
      at.dtype(0),
      input === null
        ? null
        : [input[0]!, by(input[1]!, channels), ...input.slice(2).map((value) => by(value, spatial))],
    )
    return { macs: 0, elementOps: 0 }
  }
}

export const convolutionRules: Readonly<Record<string, Rule>> = {
  Conv: convolution(plainPlaces),
  FusedConv: convolution(plainPlaces),
  ConvInteger: convolution({ weight: 1, bias: -1, dtype: () => 'int32' }),
  QLinearConv: convolution({ weight: 3, bias: 8, dtype: (at) => at.dtype(7) ?? at.dtype(0) }),
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  Resize: resize,
  Upsample: resize,
  GridSample: gridSample,
  RoiAlign: roiAlign,
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
}
