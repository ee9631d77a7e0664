// Resizing with the numbers of Pillow's `Image.resize`: a convolution along one side and then the other, in fixed point with 22 bits,
// rounded to 8 bits after each pass.

import type { RgbImage } from './image'

const fractionBits = 22
const one = 2 ** fractionBits

export type ResampleFilter = 'box' | 'bilinear' | 'bicubic' | 'lanczos'

interface Kernel {
  /** Places from the centre at which the kernel is 0. */
  readonly support: number
  /** Weight at a distance of 0 or more. */
  readonly weight: (distance: number) => number
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** Pillow's kernels: libImaging/Resample.c. */
const kernels: Readonly<Record<ResampleFilter, Kernel>> = {
  // Open on one side, so that every place belongs to one window.
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  /** The cubic convolution kernel with a = -0.5 (Keys, 1981). */
  bicubic: {
    support: 2,
    weight: (distance) => {
      const x = Math.abs(distance)
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
}

/** For each place along a side of the result: where its window of the source begins, and its weights. */
interface Windows {
  readonly starts: Int32Array
  readonly counts: Int32Array
  /** Fixed-point weights, `width` for each place, those beyond the count 0. */
  readonly weights: Int32Array
  readonly width: number
}

function windowsFor(from: number, to: number, filter: ResampleFilter, antialias: boolean): Windows {
  const { support: reach, weight } = kernels[filter]
  const scale = from / to
  const stretch = antialias ? Math.max(scale, 1) : 1
  const support = reach * stretch
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
      raw[tap] = weight((tap + start - centre + 0.5) * (1 / stretch))
      sum += raw[tap]!
    }
    windows.starts[place] = start
    windows.counts[place] = count
    for (let tap = 0; tap < count; tap++) {
      // Rounds halves away from 0, as Pillow does.
      const fixed = (sum === 0 ? raw[tap]! : raw[tap]! / sum) * one
      windows.weights[place * width + tap] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
    }
  }
  return windows
}

function toByte(sum: number): number {
  const value = sum >> fractionBits
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** Resizes along each row. */
function resizeRows(
  { rgb, width, height }: RgbImage,
  to: number,
  filter: ResampleFilter,
  antialias: boolean,
): RgbImage {
  const { starts, counts, weights, width: taps } = windowsFor(width, to, filter, antialias)
  const out = new Uint8Array(3 * to * height)
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      // Whole numbers of 32 bits never overflow here, and are what the loop is quickest with.
      let red = one / 2
      let green = one / 2
      let blue = one / 2
      let source = 3 * (y * width + starts[x]!)
      const first = x * taps
      const end = first + counts[x]!
      for (let tap = first; tap < end; tap++, source += 3) {
        const weight = weights[tap]!
        red = (red + Math.imul(rgb[source]!, weight)) | 0
        green = (green + Math.imul(rgb[source + 1]!, weight)) | 0
        blue = (blue + Math.imul(rgb[source + 2]!, weight)) | 0
      }
      out[target++] = toByte(red)
      out[target++] = toByte(green)
      out[target++] = toByte(blue)
    }
  }
  return { width: to, height, rgb: out }
}

/** Resizes along each column. */
function resizeColumns(
  { rgb, width, height }: RgbImage,
  to: number,
  filter: ResampleFilter,
  antialias: boolean,
): RgbImage {
  const { starts, counts, weights, width: taps } = windowsFor(height, to, filter, antialias)
  const stride = 3 * width
  const out = new Uint8Array(stride * to)
  const sums = new Int32Array(stride)
  for (let y = 0; y < to; y++) {
    sums.fill(one / 2)
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * taps + tap]!
      const row = (starts[y]! + tap) * stride
      for (let i = 0; i < stride; i++) sums[i]! += Math.imul(rgb[row + i]!, weight)
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = toByte(sums[i]!)
  }
  return { width, height: to, rgb: out }
}

/**
 * Resizes in the order of Pillow 13: along the rows first, unless that many rows more than columns go that the other order is less
 * work. (Pillow 12 and before take the rows first always; the results are a few levels of 255 apart.)
 * @param width,height of the result; the picture itself comes back where they are its own
 * @param antialias widens the kernel when shrinking, as Pillow does always and OpenCV never
 */
export function resample(
  image: RgbImage,
  width: number,
  height: number,
  filter: ResampleFilter,
  antialias = true,
): RgbImage {
  const inRows = (from: RgbImage): RgbImage =>
    width === from.width ? from : resizeRows(from, width, filter, antialias)
  const inColumns = (from: RgbImage): RgbImage =>
    height === from.height ? from : resizeColumns(from, height, filter, antialias)
  const [lostRows, lostColumns] = [image.height - height, image.width - width]
  const columnsFirst = lostRows > 0 && lostRows > 2 * lostColumns
  return columnsFirst ? inRows(inColumns(image)) : inColumns(inRows(image))
}
