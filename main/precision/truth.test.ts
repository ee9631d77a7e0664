import { describe, expect, it } from 'vitest'
import { recipeSchema } from '../../contract/precision'
import type { Kernel } from '../../contract/precision-results'
import { truthOf } from './truth'

const kernel = (provider: string): Kernel => ({ operator: 'MatMul', provider, count: 4, milliseconds: 1 })
const fp16 = recipeSchema.parse({ column: 'fp16' })

describe('what is said of a precision that ran', () => {
  it('calls float16 emulated on a CPU, which computes it in float32, and native elsewhere', () => {
    expect(truthOf(fp16, [kernel('CPUExecutionProvider')], 4, 4).arithmetic).toBe('emulated')
    expect(truthOf(fp16, [kernel('CUDAExecutionProvider')], 4, 4).arithmetic).toBe('native')
  })
})
