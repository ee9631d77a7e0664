// A network small enough to train while one watches, every number of which is stored in a format of choice: two spirals, one hidden
// layer of 24, plain gradient descent. Pure, so that a window's worker may run it. (Recipe of mixed precision: arXiv:1710.03740.)

import { exponentHistogram } from './exponent-histogram'
import { roundToFloat } from './number-format-rounding'
import { floatFormat, type FloatFormat, type FormatName } from './number-formats'
import type { ExponentHistogram } from './precision-results'

export interface ToyOptions {
  /** A float format: weights, activations and gradients are stored in it. */
  readonly format: FormatName
  /** Whether the optimiser keeps float32 weights of its own and rounds a copy for each step. */
  readonly masterWeights: boolean
  /** What the loss is multiplied by before gradients are taken; `dynamic` doubles it every 100 good steps and halves it on overflow. */
  readonly lossScale: number | 'dynamic'
  /** Whether sums are float32; otherwise each addition is rounded to the format. */
  readonly wideSums: boolean
  readonly learningRate: number
  readonly seed: number
}

export interface ToyState {
  readonly options: ToyOptions
  readonly step: number
  /** Weights as the optimiser has them: [hidden x 2], [hidden], [hidden], [1]. */
  readonly weights: readonly Float32Array[]
  readonly scale: number
  readonly goodSteps: number
}

export interface ToyStep {
  readonly state: ToyState
  /** Mean logistic loss over all points; NaN where it broke. */
  readonly loss: number
  /** Share of points on their right side. */
  readonly accuracy: number
  /** Of the gradients as they were stored, the scale still in them. */
  readonly gradients: ExponentHistogram
  /** Share of the updates other than 0 that changed no weight. */
  readonly lostUpdates: number
  /** Whether the step was left out because a gradient overflowed. */
  readonly skipped: boolean
}

const hidden = 24
const pointsPerSpiral = 40
const growthInterval = 100

/** Two spirals of 40 points on -1 to 1: x, y, and which one. */
export const toyPoints: readonly { readonly x: number; readonly y: number; readonly label: 0 | 1 }[] = (
  [0, 1] as const
).flatMap((label) =>
  Array.from({ length: pointsPerSpiral }, (_, index) => {
    const radius = 0.1 + (0.85 * index) / pointsPerSpiral
    const angle = (2.4 * Math.PI * index) / pointsPerSpiral + label * Math.PI
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), label }
  }),
)

/** Uniform numbers from a small seeded generator (mulberry32), 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A network before its first step. @throws RangeError where the format has no exponent */
export function createToy(options: ToyOptions): ToyState {
  const format = floatFormat(options.format)
  const random = randomNumbers(options.seed)
  const uniform = (count: number, bound: number): Float32Array =>
    Float32Array.from({ length: count }, () => {
      const value = Math.fround((2 * random() - 1) * bound)
      return options.masterWeights ? value : roundToFloat(format, value)
    })
  const weights = [uniform(hidden * 2, 4), uniform(hidden, 2), uniform(hidden, 0.8), uniform(1, 0.1)]
  return {
    options,
    step: 0,
    weights,
    scale: options.lossScale === 'dynamic' ? 2 ** 15 : options.lossScale,
    goodSteps: 0,
  }
}

/** Arithmetic as a format stores it. */
class Arithmetic {
  readonly #format: FloatFormat
  readonly #wideSums: boolean

  constructor(format: FloatFormat, wideSums: boolean) {
    this.#format = format
    this.#wideSums = wideSums
  }

  round(value: number): number {
    return roundToFloat(this.#format, value)
  }

  /** A running sum: float32, or rounded to the format at every addition. */
  add(sum: number, value: number): number {
    return this.#wideSums ? Math.fround(sum + value) : this.round(sum + value)
  }
}

/** The network's answer at one place: above 0 is the second spiral. Rounded as in training. */
export function toyAnswer({ options, weights }: ToyState, x: number, y: number): number {
  const arithmetic = new Arithmetic(floatFormat(options.format), options.wideSums)
  const stored = weights.map((array) => array.map((value) => arithmetic.round(value)))
  return forward(arithmetic, stored, arithmetic.round(x), arithmetic.round(y)).answer
}

function forward(arithmetic: Arithmetic, [first, bias, second, last]: readonly Float32Array[], x: number, y: number) {
  const active = new Float64Array(hidden)
  let answer = last![0]!
  for (let unit = 0; unit < hidden; unit++) {
    const sum = arithmetic.add(arithmetic.add(first![2 * unit]! * x, first![2 * unit + 1]! * y), bias![unit]!)
    active[unit] = arithmetic.round(Math.tanh(arithmetic.round(sum)))
    answer = arithmetic.add(answer, second![unit]! * active[unit]!)
  }
  return { active, answer: arithmetic.round(answer) }
}

/** One step over all points. */
export function stepToy(state: ToyState): ToyStep {
  const { options, scale } = state
  const arithmetic = new Arithmetic(floatFormat(options.format), options.wideSums)
  const stored = state.weights.map((array) => array.map((value) => arithmetic.round(value)))
  const sums = state.weights.map((array) => new Float64Array(array.length))
  const add = (part: number, place: number, value: number): void => {
    sums[part]![place] = arithmetic.add(sums[part]![place]!, arithmetic.round(value))
  }
  let [loss, right] = [0, 0]
  for (const point of toyPoints) {
    const [x, y] = [arithmetic.round(point.x), arithmetic.round(point.y)]
    const { active, answer } = forward(arithmetic, stored, x, y)
    const signed = point.label === 1 ? answer : -answer
    // log(1 + e^-s), the loss, stays float32 as autocast keeps it.
    loss += (Math.max(0, -signed) + Math.log1p(Math.exp(-Math.abs(signed)))) / toyPoints.length
    right += signed > 0 ? 1 : 0
    const outer = arithmetic.round(((1 / (1 + Math.exp(-answer)) - point.label) * scale) / toyPoints.length)
    add(3, 0, outer)
    for (let unit = 0; unit < hidden; unit++) {
      add(2, unit, outer * active[unit]!)
      const inner = arithmetic.round(arithmetic.round(outer * stored[2]![unit]!) * (1 - active[unit]! ** 2))
      add(1, unit, inner)
      add(0, 2 * unit, inner * x)
      add(0, 2 * unit + 1, inner * y)
    }
  }
  const gradients = sums.map((array) => Float32Array.from(array, (value) => arithmetic.round(value)))
  const isFinite = gradients.every((array) => array.every((value) => Number.isFinite(value)))
  // Without a scale to lower, what overflowed is what the weights get: the run breaks, as it would in earnest.
  const skipped = options.lossScale === 'dynamic' && !isFinite
  const { weights, lostUpdates } = skipped
    ? { weights: state.weights, lostUpdates: 0 }
    : updated(state, gradients, arithmetic)
  const goodSteps = skipped ? 0 : state.goodSteps + 1
  const grows = options.lossScale === 'dynamic' && goodSteps > 0 && goodSteps % growthInterval === 0
  return {
    state: {
      options,
      step: state.step + 1,
      weights,
      goodSteps,
      scale: skipped ? scale / 2 : grows ? scale * 2 : scale,
    },
    loss,
    accuracy: right / toyPoints.length,
    gradients: exponentHistogram(Float32Array.from(gradients.flatMap((array) => [...array]))),
    lostUpdates,
    skipped,
  }
}

function updated(
  { options, weights, scale }: ToyState,
  gradients: readonly Float32Array[],
  arithmetic: Arithmetic,
): { weights: Float32Array[]; lostUpdates: number } {
  let [wanted, lost] = [0, 0]
  const after = weights.map((array, part) =>
    array.map((value, place) => {
      const step = (options.learningRate * gradients[part]![place]!) / scale
      const next = options.masterWeights ? Math.fround(value - step) : arithmetic.round(value - arithmetic.round(step))
      if (step !== 0) wanted += 1
      if (step !== 0 && next === value) lost += 1
      return next
    }),
  )
  return { weights: after, lostUpdates: wanted === 0 ? 0 : lost / wanted }
}
