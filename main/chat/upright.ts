// From decoded pixels to the picture that a person sees: alpha laid on white, turned as its EXIF orientation says.

import type { RgbImage } from '../tensor/image'
import { onWhite } from '../tensor/on-white'
import type { PicturePixels } from './picture-pixels'

/** Where the pixel (x, y) of the upright picture lies in the stored one, by EXIF orientation; w and h are the stored sides less 1. */
const sources: Readonly<Record<number, (x: number, y: number, w: number, h: number) => [number, number]>> = {
  2: (x, y, w) => [w - x, y],
  3: (x, y, w, h) => [w - x, h - y],
  4: (x, y, _w, h) => [x, h - y],
  5: (x, y) => [y, x],
  6: (x, y, _w, h) => [y, h - x],
  7: (x, y, w, h) => [w - y, h - x],
  8: (x, y, w) => [w - y, x],
}

/** @throws RangeError where the data is not of the size that it says */
export function uprightPicture(pixels: PicturePixels): RgbImage {
  const { width, height, channels, data, orientation = 1 } = pixels
  if (data.length !== channels * width * height) {
    throw new RangeError(`A ${width}x${height} picture has ${channels * width * height} bytes, not ${data.length}`)
  }
  const rgb = channels === 4 ? onWhite(data) : data
  const source = sources[orientation]
  if (source === undefined) return { width, height, rgb }
  // Orientations from 5 on lie on their side.
  const [outWidth, outHeight] = orientation >= 5 ? [height, width] : [width, height]
  const out = new Uint8Array(rgb.length)
  for (let y = 0, target = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, target += 3) {
      const [column, row] = source(x, y, width - 1, height - 1)
      const from = 3 * (row * width + column)
      out[target] = rgb[from]!
      out[target + 1] = rgb[from + 1]!
      out[target + 2] = rgb[from + 2]!
    }
  }
  return { width: outWidth, height: outHeight, rgb: out }
}
