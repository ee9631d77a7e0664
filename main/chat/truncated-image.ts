import type { RgbImage } from '../tensor/image'
import type { Tensor } from '../tensor/tensor'

/** The picture of [1, 3, height, width], -1 to 1. Levels are cut off, not rounded, as the official code converts them. */
export function truncatedImage(pixels: Tensor<'float32'>): RgbImage {
  const { data } = pixels
  const [, , height = 0, width = 0] = pixels.shape
  const plane = width * height
  const rgb = new Uint8Array(3 * plane)
  const { fround } = Math
  for (let pixel = 0, target = 0; pixel < plane; pixel++) {
    for (let source = pixel; source < 3 * plane; source += plane) {
      const level = fround(fround(data[source]! * 0.5) + 0.5)
      // The array cuts off what is behind the point.
      rgb[target++] = level >= 1 ? 255 : level > 0 ? fround(level * 255) : 0
    }
  }
  return { width, height, rgb }
}
