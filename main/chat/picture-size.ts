// The size at which an encoder sees a picture. Source: MaxLongEdgeMinShortEdgeResize of the official code (data/transforms.py).

import type { PictureTransform } from './manifest'
import { roundHalfEven } from '../tensor/round-half-even'

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Most pixels of a picture: 9 times 1024 patches of 14 x 14. */
const mostPixels = 14 * 14 * 9 * 1024

function scaled({ width, height }: PictureSize, scale: number, stride: number): PictureSize {
  const side = (length: number): number =>
    Math.max(stride, roundHalfEven(roundHalfEven(length * scale) / stride) * stride)
  return { width: side(width), height: side(height) }
}

/**
 * Shrinks to the preset's largest side or grows to its smallest, the smallest first; both sides become multiples of its stride,
 * and the largest side wins at last.
 */
export function transformedSize(size: PictureSize, { maxSide, minSide, stride }: PictureTransform): PictureSize {
  const long = Math.max(size.width, size.height)
  const short = Math.min(size.width, size.height)
  let now = scaled(size, Math.max(Math.min(maxSide / long, 1), minSide / short), stride)
  // The official code scales the sides, not the area, by this ratio: followed as it is.
  const area = now.width * now.height
  if (area > mostPixels) now = scaled(now, mostPixels / area, stride)
  const longest = Math.max(now.width, now.height)
  return longest > maxSide ? scaled(now, maxSide / longest, stride) : now
}
