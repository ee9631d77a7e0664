// A tensor is a typed array with a shape. No arithmetic lives here: each maths file works on the arrays it needs.

/** onnxruntime's names for the element types that the studio feeds and fetches. */
export interface TensorArrays {
  readonly float32: Float32Array
  readonly float64: Float64Array
  /** Bits of half-precision numbers; see float16.ts. */
  readonly float16: Uint16Array
  readonly int32: Int32Array
  readonly int64: BigInt64Array
  readonly uint8: Uint8Array
  readonly int8: Int8Array
  readonly bool: Uint8Array
}
export type Dtype = keyof TensorArrays

export interface Tensor<D extends Dtype = Dtype> {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: TensorArrays[D]
}

/** How many elements a shape holds; 1 for a scalar's empty shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** A tensor over an existing array, without a copy. Throws a RangeError where array and shape disagree. */
export function tensor<D extends Dtype>(dtype: D, shape: readonly number[], data: TensorArrays[D]): Tensor<D> {
  if (data.length !== elementCount(shape)) {
    throw new RangeError(
      `A tensor of shape [${shape.join(', ')}] needs ${elementCount(shape)} elements, not ${data.length}`,
    )
  }
  return { dtype, shape, data }
}

/** A float32 tensor, of zeros where no data is given. */
export function float32(shape: readonly number[], data?: Float32Array): Tensor<'float32'> {
  return tensor('float32', shape, data ?? new Float32Array(elementCount(shape)))
}

/** Whether every element is a finite number. */
export function isFiniteArray(values: Float32Array): boolean {
  // A sum is not finite as soon as one term is not; float64 cannot overflow from float32 terms of any real size.
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0
  return sum === 0
}
