import { float32, type Tensor } from '../tensor/tensor'

// What the probe graph (resources/probe/probe.onnx, written by scripts/make-probe.mjs) is fed, and what must come out.

export const probeRows = 512
export const probeWidth = 256
/** Every so many elements of the output one is compared. */
export const probeStride = 509

/**
 * Largest difference that counts as right, as a share of the largest expected value. Devices that multiply in TF32 or
 * half precision stay below it; a wrong kernel or a broken driver does not.
 */
export const probeTolerance = 0.03

/** Numbers between -1 and 1 without a pattern, the same everywhere. */
export function scrambled(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    let bits = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d)
    return ((bits ^ (bits >>> 12)) >>> 0) / 2 ** 31 - 1
  })
}

export function probeInput(): Tensor<'float32'> {
  return float32([probeRows, probeWidth], scrambled(probeRows * probeWidth, 0))
}

/** The largest difference between the sampled outputs and what they should be, as a share of the largest of these. */
export function probeError(output: Float32Array, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs))
  const error = Math.max(...expected.map((value, index) => Math.abs((output[index * probeStride] ?? NaN) - value)))
  return error / scale
}
