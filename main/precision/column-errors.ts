import type { Errors } from '../../contract/precision-results'
import { compareTensors } from '../../contract/precision-statistics'

/** Errors of one flat array of outputs; what only some subjects have is null until they fill it in. */
export function columnErrors(
  reference: ArrayLike<number>,
  test: ArrayLike<number>,
  rest: Partial<Errors> = {},
): Errors {
  return {
    ...compareTensors(reference, test),
    psnr: null,
    ssim: null,
    agreement: null,
    divergence: null,
    meanAveragePrecision: null,
    referencePrecision: null,
    ...rest,
  }
}

/** Median and 95th percentile of samples in milliseconds. */
export function spread(samples: readonly number[]): { median: number; p95: number; samples: number } {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return { median: at(0.5), p95: at(0.95), samples: sorted.length }
}
