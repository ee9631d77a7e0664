// Seeded Gaussian noise with the bits of PyTorch's CPU generator, so that a seed means the same picture here and in
// diffusers. Source: ATen/core/MT19937RNGEngine.h, ATen/native/cpu/DistributionTemplates.h (normal_fill),
// ATen/core/DistributionsHelper.h. torch on CUDA uses another generator: its seeds do not agree with these.

const N = 624
const M = 397
const BLOCK = 16
const TWO_PI = Math.fround(2 * Math.PI)

/** A torch.Generator on the CPU: draws continue where the last one stopped. */
export class Generator {
  readonly #state = new Uint32Array(N)
  #index = N
  /** Box-Muller makes numbers in pairs; the second one waits here. Used by draws below 16 elements only. */
  #spare: number | undefined

  /** @param seed whole number from 0 to 2^53 - 1; like torch, its low 32 bits alone decide */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new RangeError(`A seed is a whole number from 0 to 2^53 - 1, not ${seed}`)
    const state = this.#state
    state[0] = seed % 2 ** 32
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1]! ^ (state[i - 1]! >>> 30)
      state[i] = Math.imul(1812433253, previous) + i
    }
  }

  /** Fills an array with standard normal numbers, as `torch.randn` of that many float32 elements. */
  randn(target: Float32Array): Float32Array {
    const size = target.length
    if (size < BLOCK) {
      for (let i = 0; i < size; i++) target[i] = this.#normal()
      return target
    }
    for (let i = 0; i < size; i++) target[i] = this.#uniform24()
    for (let start = 0; start + BLOCK <= size; start += BLOCK) boxMuller(target, start)
    if (size % BLOCK !== 0) {
      // torch redraws the last 16 as a whole rather than treat the rest apart.
      for (let i = size - BLOCK; i < size; i++) target[i] = this.#uniform24()
      boxMuller(target, size - BLOCK)
    }
    return target
  }

  #uniform24(): number {
    return (this.#next() & 0xffffff) * 2 ** -24
  }

  /** A uniform number from 0 up to, but not, 1, as `torch.rand` of one float64 element. */
  uniform(): number {
    const high = this.#next() & 0x1fffff
    return (high * 2 ** 32 + this.#next()) * 2 ** -53
  }

  #normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    const angle = 2 * Math.PI * this.uniform()
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform()))
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  #next(): number {
    if (this.#index === N) this.#refill()
    let y = this.#state[this.#index++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  #refill(): void {
    const state = this.#state
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % N]! & 0x7fffffff)
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    this.#index = 0
  }
}

/** Turns 16 uniform numbers into 16 normal ones: the first half gives the radii, the second the angles. */
function boxMuller(values: Float32Array, start: number): void {
  // Every step is rounded to float32 where torch rounds it: an unrounded angle differs by up to 1e-6 in the result.
  for (let j = start; j < start + BLOCK / 2; j++) {
    const radius = Math.fround(Math.sqrt(-2 * Math.fround(Math.log(1 - values[j]!))))
    const angle = Math.fround(TWO_PI * values[j + BLOCK / 2]!)
    values[j] = radius * Math.cos(angle)
    values[j + BLOCK / 2] = radius * Math.sin(angle)
  }
}
