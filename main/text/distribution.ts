/** Probabilities of the next token. Ids that are not listed have none. */
export interface Distribution {
  /** Ascending, each once. */
  readonly ids: Int32Array
  /** Of each id, above 0; together 1. */
  readonly probabilities: Float64Array
}

/** All on one token. */
export function certain(id: number): Distribution {
  return { ids: Int32Array.of(id), probabilities: Float64Array.of(1) }
}

/**
 * A distribution of weights at ascending ids; ids of weight 0 are left out.
 * @throws RangeError where no weight is above 0
 */
export function normalised(
  ids: readonly number[] | Int32Array,
  weights: readonly number[] | Float64Array,
): Distribution {
  // One kind of array each keeps the loops over whole vocabularies fast.
  return fromWeights(
    ids instanceof Int32Array ? ids : Int32Array.from(ids),
    weights instanceof Float64Array ? weights : Float64Array.from(weights),
  )
}

function fromWeights(ids: Int32Array, weights: Float64Array): Distribution {
  let sum = 0
  let count = 0
  for (let i = 0; i < ids.length; i++) {
    const weight = weights[i]!
    sum += weight
    if (weight > 0) count += 1
  }
  if (!(sum > 0)) throw new RangeError('There is no weight above 0 to make a distribution of')
  const kept = { ids: new Int32Array(count), probabilities: new Float64Array(count) }
  for (let i = 0, place = 0; i < ids.length; i++) {
    if (!(weights[i]! > 0)) continue
    kept.ids[place] = ids[i]!
    kept.probabilities[place++] = weights[i]! / sum
  }
  return kept
}

/** An id's probability; 0 where it is not listed. */
export function probabilityOf({ ids, probabilities }: Distribution, id: number): number {
  let low = 0
  let high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = ids[middle]!
    if (found === id) return probabilities[middle]!
    if (found < id) low = middle + 1
    else high = middle - 1
  }
  return 0
}

/** The most likely id; of several the lowest. */
export function mostLikely({ ids, probabilities }: Distribution): number {
  let best = 0
  for (let i = 1; i < ids.length; i++) if (probabilities[i]! > probabilities[best]!) best = i
  return ids[best]!
}

/**
 * Draws an id: the first, in ascending order, at which the probabilities so far add up to more than `uniform`.
 * @param uniform from 0 up to, but not, 1
 */
export function draw({ ids, probabilities }: Distribution, uniform: number): number {
  let sum = 0
  for (let i = 0; i < ids.length; i++) {
    sum += probabilities[i]!
    if (uniform < sum) return ids[i]!
  }
  // Rounding can leave the sum a hair below 1.
  return ids[ids.length - 1]!
}
