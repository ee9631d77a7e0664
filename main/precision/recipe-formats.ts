import type { ColumnName, Recipe } from '../../contract/precision'
import type { FormatName } from '../../contract/number-formats'
import { TensorProto_DataType as Type } from '../runtime/onnx/onnx_pb'

/** A format that numbers are rounded to by a cast there and back. */
export interface EmulatedFormat {
  readonly format: FormatName
  readonly type: Type
  /** Operators of this version cast to it. */
  readonly opset: number
  /** Every operation's result is rounded; of FP8, as its hardware does, the operands of every layer. */
  readonly rounds: 'results' | 'operands'
}

const emulated: Readonly<Partial<Record<ColumnName, EmulatedFormat>>> = {
  'fp16-emulated': { format: 'fp16', type: Type.FLOAT16, opset: 9, rounds: 'results' },
  bf16: { format: 'bf16', type: Type.BFLOAT16, opset: 13, rounds: 'results' },
  'fp8-e4m3': { format: 'fp8-e4m3fn', type: Type.FLOAT8E4M3FN, opset: 19, rounds: 'operands' },
  'fp8-e5m2': { format: 'fp8-e5m2', type: Type.FLOAT8E5M2, opset: 19, rounds: 'operands' },
}

/** How a column is emulated; null for native ones. */
export function emulatedFormat({ column }: Pick<Recipe, 'column'>): EmulatedFormat | null {
  return emulated[column] ?? null
}
