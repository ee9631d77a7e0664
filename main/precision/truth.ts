// What a column really was when it ran, from onnxruntime's own profile.

import type { Recipe } from '../../contract/precision'
import type { Kernel, Truth } from '../../contract/precision-results'
import type { NodeEvent } from '../runtime/profile-graph'
import { columnFacts } from './column-labels'

/** Operations by kind in one run, the most time first. The first run, which warms up, is left out where there are more. */
export function kernelsOf(events: readonly NodeEvent[]): Kernel[] {
  const runs = Math.max(0, ...events.map(({ run }) => run + 1))
  const counted = runs > 1 ? events.filter(({ run }) => run > 0) : events
  const divisor = Math.max(1, runs - 1)
  const kernels = new Map<string, Kernel>()
  for (const { operator, provider, milliseconds } of counted) {
    const key = `${operator} ${provider}`
    const known = kernels.get(key) ?? { operator, provider, count: 0, milliseconds: 0 }
    kernels.set(key, { ...known, count: known.count + 1, milliseconds: known.milliseconds + milliseconds })
  }
  return [...kernels.values()]
    .map((kernel) => ({
      ...kernel,
      count: Math.round(kernel.count / divisor),
      milliseconds: kernel.milliseconds / divisor,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}

/** Kernels on whole numbers, and what they are. */
const integerKernels = [
  'QLinearConv',
  'QLinearMatMul',
  'QGemm',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'MatMulInteger',
  'ConvInteger',
] as const

function counted(kernels: readonly Kernel[], names: readonly string[]): { count: number; words: string } {
  const found = names
    .map((name) => ({
      name,
      count: kernels.filter(({ operator }) => operator === name).reduce((sum, one) => sum + one.count, 0),
    }))
    .filter(({ count }) => count > 0)
  return {
    count: found.reduce((sum, one) => sum + one.count, 0),
    words: found.map(({ name, count }) => `${count} ${name}`).join(', '),
  }
}

/**
 * Says what ran. `layers` are those that the recipe took, of `all` in the main graph.
 * @param stored element types of the weights in the model's own main graph
 */
export function truthOf(
  recipe: Recipe,
  kernels: Kernel[],
  layers: number,
  all: number,
  stored: readonly string[] = [],
): Truth {
  const isCpu = kernels.every(({ provider }) => provider === 'CPUExecutionProvider')
  // A CPU rounds to float16 where it stores and computes in float32: that is what emulated means.
  const arithmetic = recipe.column === 'fp16' && isCpu ? 'emulated' : columnFacts[recipe.column].arithmetic
  return { arithmetic, kernels, sentence: sentenceOf(recipe, kernels, { layers, all, isCpu, stored }) }
}

function sentenceOf(
  { column }: Recipe,
  kernels: readonly Kernel[],
  { layers, all, isCpu, stored }: { layers: number; all: number; isCpu: boolean; stored: readonly string[] },
): string {
  const of = layers === all ? `all ${all} layers` : `${layers} of ${all} layers`
  switch (column) {
    case 'fp32':
      return `Every operation in float32.${storedWords(stored)}`
    case 'own': {
      const { words } = counted(kernels, [...integerKernels, 'MatMulNBits'])
      return words === '' ? "The model's own graph, in float32 operations." : `The model's own graph; ran ${words}.`
    }
    case 'fp16': {
      const casts = counted(kernels, ['Cast']).count
      return isCpu
        ? `The file is float16; the CPU computes in float32. ${casts} casts are left in the graph, and numbers are rounded only there.`
        : 'The graph is float16; operations that the device lacks run in float32 on the CPU.'
    }
    case 'int8-dynamic':
    case 'int8-static': {
      const { count, words } = counted(kernels, integerKernels)
      if (count === 0) return `${of} were quantised, but none ran on bytes: this device computed them in float32.`
      return `${of} were quantised; ran on bytes: ${words}.`
    }
    case 'int8-weights':
    case 'int4': {
      const { count } = counted(kernels, ['MatMulNBits'])
      return count === 0
        ? `${of} were stored in blocks, but the device unpacked them to float32.`
        : `${of} stored in blocks; ${count} ran as MatMulNBits, which multiplies in float32.`
    }
    case 'fp8-e4m3':
    case 'fp8-e5m2':
      return `Emulated: both operands of ${of} are rounded to 8 bits and multiplied in float32.`
    default:
      return 'Emulated: weights and the result of every operation are rounded; sums stay float32.'
  }
}

/** What float32 means where the model does not store it. */
function storedWords(stored: readonly string[]): string {
  // Wider whole numbers are indices, not weights.
  const codes = stored.filter((type) => /^u?int[48]$/u.test(type))
  const halves = stored.filter((type) => type === 'float16' || type === 'bfloat16')
  if (codes.length > 0)
    return ` The model stores weights as codes (${codes.join(', ')}): here each is its code times its scale.`
  return halves.length > 0 ? ` The model stores weights in ${halves.join(' and ')}: here they are widened.` : ''
}
