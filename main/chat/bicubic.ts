// Bicubic resizing with the numbers of Pillow's `Image.resize(size, BICUBIC)`: a convolution whose kernel widens when shrinking,
// along one side and then the other, in fixed point with 22 bits, rounded to 8 bits after each pass.

import type { RgbImage } from '../tensor/image'

const fractionBits = 22
const one = 2 ** fractionBits

/** The cubic convolution kernel with a = -0.5 (Keys, 1981); 0 from 2 on. */
function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * -0.5
  return 0
}

/** For each place along a side of the result: where its window of the source begins, and its weights. */
interface Windows {
  readonly starts: Int32Array
  readonly counts: Int32Array
  /** Fixed-point weights, `width` for each place, those beyond the count 0. */
  readonly weights: Int32Array
  readonly width: number
}

function windowsFor(from: number, to: number): Windows {
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const support = 2 * stretch
  const width = Math.ceil(support) * 2 + 1
  const windows = {
    starts: new Int32Array(to),
    counts: new Int32Array(to),
    weights: new Int32Array(to * width),
    width,
  }
  const raw = new Float64Array(width)
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - support + 0.5))
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - start
    let sum = 0
    for (let tap = 0; tap < count; tap++) {
      raw[tap] = cubic((tap + start - centre + 0.5) * (1 / stretch))
      sum += raw[tap]!
    }
    windows.starts[place] = start
    windows.counts[place] = count
    for (let tap = 0; tap < count; tap++) {
      // Rounds halves away from 0, as Pillow does.
      const weight = (raw[tap]! / sum) * one
      windows.weights[place * width + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5)
    }
  }
  return windows
}

function toByte(sum: number): number {
  const value = sum >> fractionBits
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** Resizes along each row. */
function resizeRows({ rgb, width, height }: RgbImage, to: number): RgbImage {
  const { starts, counts, weights, width: taps } = windowsFor(width, to)
  const out = new Uint8Array(3 * to * height)
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      let [red, green, blue] = [one / 2, one / 2, one / 2]
      let source = 3 * (y * width + starts[x]!)
      const first = x * taps
      for (let tap = first; tap < first + counts[x]!; tap++) {
        const weight = weights[tap]!
        red += rgb[source++]! * weight
        green += rgb[source++]! * weight
        blue += rgb[source++]! * weight
      }
      out[target++] = toByte(red)
      out[target++] = toByte(green)
      out[target++] = toByte(blue)
    }
  }
  return { width: to, height, rgb: out }
}

/** Resizes along each column. */
function resizeColumns({ rgb, width, height }: RgbImage, to: number): RgbImage {
  const { starts, counts, weights, width: taps } = windowsFor(height, to)
  const stride = 3 * width
  const out = new Uint8Array(stride * to)
  const sums = new Int32Array(stride)
  for (let y = 0; y < to; y++) {
    sums.fill(one / 2)
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * taps + tap]!
      const row = (starts[y]! + tap) * stride
      for (let i = 0; i < stride; i++) sums[i]! += rgb[row + i]! * weight
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = toByte(sums[i]!)
  }
  return { width, height: to, rgb: out }
}

/**
 * Resizes in the order of Pillow 13: along the rows first, unless that many rows more than columns go that the other order is less
 * work. (Pillow 12 and before take the rows first always; the results are a few levels of 255 apart.)
 * @param width,height of the result; the picture itself comes back where they are its own
 */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  const inRows = (from: RgbImage): RgbImage => (width === from.width ? from : resizeRows(from, width))
  const inColumns = (from: RgbImage): RgbImage => (height === from.height ? from : resizeColumns(from, height))
  const [lostRows, lostColumns] = [image.height - height, image.width - width]
  const columnsFirst = lostRows > 0 && lostRows > 2 * lostColumns
  return columnsFirst ? inRows(inColumns(image)) : inColumns(inRows(image))
}
