import type { Shape } from '../graph'
import type { Cost, NodeContext, Rule } from '../node-context'
import { broadcast, elements, product } from '../sizes'

// Matrix products: prod(batch) M K N.

/** Shape of a product of matrices by NumPy's rule, and the length of the sums. */
function multiplied(left: Shape, right: Shape): { shape: Shape; inner: number | null } {
  if (left === null || right === null || left.length === 0 || right.length === 0) {
    return { shape: null, inner: left?.at(-1) ?? right?.at(-2) ?? null }
  }
  const [a, b] = [left.length === 1 ? [1, ...left] : left, right.length === 1 ? [...right, 1] : right]
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2)) ?? []
  const rows = left.length === 1 ? [] : [a.at(-2)!]
  const columns = right.length === 1 ? [] : [b.at(-1)!]
  return { shape: [...batch, ...rows, ...columns], inner: a.at(-1) ?? b.at(-2) ?? null }
}

function transposedLast(shape: Shape): Shape {
  return shape === null || shape.length < 2 ? shape : [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]
}

interface Places {
  readonly right: number
  readonly bias: number
  readonly dtype: (at: NodeContext) => string | null
}

function matMul({ right, bias, dtype }: Places): Rule {
  return (at) => {
    const left = at.int('transA', 0) === 1 ? transposedLast(at.shape(0)) : at.shape(0)
    const other = at.int('transB', 0) === 1 ? transposedLast(at.shape(right)) : at.shape(right)
    const { shape, inner } = multiplied(left, other)
    at.give(0, dtype(at), shape)
    const output = elements(at.outputShape())
    return { macs: product(output, inner), elementOps: at.has(bias) ? output : 0 }
  }
}

function gemm(at: NodeContext): Cost {
  const left = at.int('transA', 0) === 1 ? transposedLast(at.shape(0)) : at.shape(0)
  const right = at.int('transB', 0) === 1 ? transposedLast(at.shape(1)) : at.shape(1)
  at.give(0, at.dtype(0), left === null || right === null ? null : [left[0] ?? null, right[1] ?? null])
  const output = elements(at.outputShape())
  return { macs: product(output, left?.[1] ?? right?.[0] ?? null), elementOps: at.has(2) ? output : 0 }
}

/** A product with a matrix of N columns and K rows that is packed into few bits; both are attributes. */
function matMulNBits(at: NodeContext): Cost {
  const input = at.shape(0)
  const [inner, columns] = [at.int('K', 0), at.int('N', 0)]
  at.give(0, at.dtype(0), input === null ? null : [...input.slice(0, -1), columns])
  const output = elements(at.outputShape())
  return { macs: product(output, inner), elementOps: at.has(5) ? output : 0 }
}

/** Product of all index sizes, each index once. */
function einsum(at: NodeContext): Cost {
  const equation = at.text('equation', '').replace(/\s/g, '')
  const [left = '', right] = equation.split('->')
  const terms = left.split(',')
  const sizes = new Map<string, number | null>()
  terms.forEach((term, input) => {
    const shape = at.shape(input)
    // "..." stands for the axes that no letter names.
    const letters = expandEllipsis(term, shape?.length ?? [...term].length)
    letters.forEach((letter, axis) => {
      const size = shape?.[axis] ?? null
      const known = sizes.get(letter)
      if (known === undefined || known === null || known === 1) sizes.set(letter, size ?? known ?? null)
    })
  })
  const output = right ?? impliedOutput(terms)
  const ellipsis = [...sizes.keys()].filter((letter) => letter.length > 1)
  const outputLetters = output.includes('...') ? [...output.replace('...', '')] : [...output]
  const shape = [...(output.includes('...') ? ellipsis : []), ...outputLetters].map(
    (letter) => sizes.get(letter) ?? null,
  )
  at.give(0, at.dtype(0), shape)
  const all = product(...sizes.values())
  // One operand alone is only turned, or summed over the letters that are gone.
  const shown = new Set(outputLetters)
  return terms.length > 1
    ? {
        macs: product(terms.length - 1, all),
        elementOps: 0,
        ...(terms.length > 2 ? { assumption: 'One product after another over all indices' } : {}),
      }
    : { macs: 0, elementOps: [...sizes.keys()].every((letter) => shown.has(letter)) ? 0 : all }
}

function expandEllipsis(term: string, rank: number): string[] {
  if (!term.includes('...')) return [...term]
  const [before = '', after = ''] = term.split('...')
  const hidden = Math.max(0, rank - before.length - after.length)
  return [...before, ...Array.from({ length: hidden }, (_, index) => `...${hidden - index}`), ...after]
}

/** Without an arrow: the letters that come once, in the alphabet's order. */
function impliedOutput(terms: readonly string[]): string {
  const letters = [...terms.join('').replaceAll('...', '')]
  return letters
    .filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter))
    .sort()
    .join('')
}

const sameType: Places = { right: 1, bias: -1, dtype: (at) => at.dtype(0) }

export const productRules: Readonly<Record<string, Rule>> = {
  MatMul: matMul(sameType),
  FusedMatMul: matMul(sameType),
  MatMulInteger: matMul({ right: 1, bias: -1, dtype: () => 'int32' }),
  MatMulIntegerToFloat: matMul({ right: 1, bias: 6, dtype: (at) => at.dtype(2) ?? 'float32' }),
  DynamicQuantizeMatMul: matMul({ right: 1, bias: 4, dtype: (at) => at.dtype(0) }),
  QLinearMatMul: matMul({ right: 3, bias: -1, dtype: (at) => at.dtype(7) ?? at.dtype(0) }),
  Gemm: gemm,
  FusedGemm: gemm,
  MatMulNBits: matMulNBits,
  Einsum: einsum,
}
