// Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004): 11 x 11 Gaussian of sigma 1.5, K1 0.01, K2 0.03.

const radius = 5
const sigma = 1.5
const window = gaussian()

/** Weights of one axis; they sum to 1. */
function gaussian(): Float64Array {
  const weights = new Float64Array(2 * radius + 1)
  for (let i = 0; i < weights.length; i++) weights[i] = Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Interleaved pixels of `channels` values each, row by row. */
export interface PictureValues {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: ArrayLike<number>
}

export interface Similarity {
  /** Mean over the pixels whose whole window lies in the picture, and over the channels; null for sides below 11. */
  readonly mean: number | null
  /** By pixel, mean over the channels, row by row; the picture is mirrored at its edges. */
  readonly map: Float32Array
}

/**
 * Structural similarity of two pictures whose values lie on 0 to `range`.
 * @throws RangeError where their sizes differ
 */
export function structuralSimilarity(reference: PictureValues, test: PictureValues, range = 1): Similarity {
  const { width, height, channels } = reference
  if (width !== test.width || height !== test.height || channels !== test.channels) {
    throw new RangeError('Pictures of different sizes cannot be compared')
  }
  const map = new Float32Array(width * height)
  let sum = 0
  for (let channel = 0; channel < channels; channel++) {
    const values = similarityOfPlane(plane(reference, channel), plane(test, channel), width, height, range)
    for (let i = 0; i < map.length; i++) map[i]! += values[i]! / channels
    for (let row = radius; row < height - radius; row++) {
      for (let column = radius; column < width - radius; column++) sum += values[row * width + column]!
    }
  }
  const counted = Math.max(0, width - 2 * radius) * Math.max(0, height - 2 * radius) * channels
  return { mean: counted > 0 ? sum / counted : null, map }
}

function plane({ width, height, channels, data }: PictureValues, channel: number): Float64Array {
  const values = new Float64Array(width * height)
  for (let i = 0; i < values.length; i++) values[i] = data[i * channels + channel]!
  return values
}

function similarityOfPlane(
  x: Float64Array,
  y: Float64Array,
  width: number,
  height: number,
  range: number,
): Float64Array {
  const blur = (values: Float64Array): Float64Array => blurred(values, width, height)
  const product = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, index) => value * b[index]!)
  const [meanX, meanY] = [blur(x), blur(y)]
  const [squareX, squareY, both] = [blur(product(x, x)), blur(product(y, y)), blur(product(x, y))]
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2]
  return x.map((_, i) => {
    const [mx, my] = [meanX[i]!, meanY[i]!]
    const [varianceX, varianceY, covariance] = [squareX[i]! - mx * mx, squareY[i]! - my * my, both[i]! - mx * my]
    return ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx * mx + my * my + c1) * (varianceX + varianceY + c2))
  })
}

/** Gaussian mean of every pixel's surroundings; the edge pixel is repeated first in the mirror image. */
function blurred(values: Float64Array, width: number, height: number): Float64Array {
  const rows = new Float64Array(values.length)
  const result = new Float64Array(values.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let k = -radius; k <= radius; k++) {
        sum += window[k + radius]! * values[row * width + mirrored(column + k, width)]!
      }
      rows[row * width + column] = sum
    }
  }
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let k = -radius; k <= radius; k++) {
        sum += window[k + radius]! * rows[mirrored(row + k, height) * width + column]!
      }
      result[row * width + column] = sum
    }
  }
  return result
}

function mirrored(index: number, size: number): number {
  const period = 2 * size
  const place = ((index % period) + period) % period
  return place < size ? place : period - 1 - place
}
