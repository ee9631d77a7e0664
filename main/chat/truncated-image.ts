import type { RgbImage } from '../tensor/image'
import type { Tensor } from '../tensor/tensor'

/** The picture of [1, 3, height, width], -1 to 1. Levels are cut off, not rounded, as the official code converts them. */
export function truncatedImage(pixels: Tensor<'float32'>): RgbImage {
  const [, , height = 0, width = 0] = pixels.shape
  const plane = width * height
  const rgb = new Uint8Array(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0, source = channel * plane; pixel < plane; pixel++, source++) {
      const level = Math.fround(Math.fround(pixels.data[source]! * 0.5) + 0.5)
      rgb[3 * pixel + channel] = Math.trunc(Math.fround(Math.min(1, Math.max(0, level)) * 255))
    }
  }
  return { width, height, rgb }
}
