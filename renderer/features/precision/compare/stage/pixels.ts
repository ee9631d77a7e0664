import { useEffect, useState } from 'react'

/** A picture's pixels, four bytes each, red first. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** Pictures whose pixels are kept: a pane and its difference read the same ones, and the reference stands in every difference. */
const mostKept = 12
const kept = new Map<string, Promise<Pixels>>()

/** A picture's pixels, read once: what a url names never changes. */
function pixelsOf(url: string): Promise<Pixels> {
  const known = kept.get(url)
  if (known !== undefined) return known
  const reading = readPixels(url)
  kept.set(url, reading)
  // A failure must not be kept: the next who asks tries again.
  reading.catch(() => kept.delete(url))
  const [oldest] = kept.keys()
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
  return reading
}

/** Reads a picture's pixels. They come through fetch, because a canvas gives no pixels of a picture that the page merely shows. */
async function readPixels(url: string): Promise<Pixels> {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob())
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')!
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}

/** The pixels of a picture; null until they were read, and where they cannot be. */
export function usePixels(url: string | null): Pixels | null {
  const [read, setRead] = useState<{ readonly url: string; readonly pixels: Pixels } | null>(null)
  useEffect(() => {
    if (url === null) return
    let isWanted = true
    pixelsOf(url)
      .then((pixels) => {
        if (isWanted) setRead({ url, pixels })
      })
      // The picture itself stands there and says what is the matter; only its numbers are missing.
      .catch(() => {})
    return () => {
      isWanted = false
    }
  }, [url])
  return read?.url === url ? read.pixels : null
}

/** The pixel under a point given as shares of width and height: its place and its three colours. */
export function pixelAt(
  { width, height, data }: Pixels,
  { x, y }: { readonly x: number; readonly y: number },
): { readonly column: number; readonly row: number; readonly rgb: readonly [number, number, number] } {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)))
  const row = Math.min(height - 1, Math.max(0, Math.floor(y * height)))
  const at = 4 * (row * width + column)
  return { column, row, rgb: [data[at]!, data[at + 1]!, data[at + 2]!] }
}

/**
 * Writes the signed difference of two pictures' brightness: blue where `own` is darker, orange where it is lighter, grey where
 * they agree; at full colour where they differ by 255 / gain.
 * @param colours red, green and blue of darker, equal and lighter
 */
export function signedDifference(
  reference: Pixels,
  own: Pixels,
  gain: number,
  colours: readonly [Rgb, Rgb, Rgb],
): Uint8ClampedArray {
  const [darker, equal, lighter] = colours
  const out = new Uint8ClampedArray(reference.data.length)
  for (let at = 0; at < out.length; at += 4) {
    const difference = brightness(own, at) - brightness(reference, at)
    const strength = Math.min(1, (Math.abs(difference) * gain) / 765)
    const towards = difference < 0 ? darker : lighter
    for (let colour = 0; colour < 3; colour++) {
      out[at + colour] = equal[colour]! + (towards[colour]! - equal[colour]!) * strength
    }
    out[at + 3] = 255
  }
  return out
}

/** How many times a difference may be brightened until its largest is full colour; 1 where there is none. */
export function ownGain(reference: Pixels, own: Pixels): number {
  let most = 0
  for (let at = 0; at < own.data.length; at += 4) {
    most = Math.max(most, Math.abs(brightness(own, at) - brightness(reference, at)))
  }
  return most === 0 ? 1 : 765 / most
}

/** Red, green and blue of a pixel in one sum: 0 to 765. */
function brightness({ data }: Pixels, at: number): number {
  return data[at]! + data[at + 1]! + data[at + 2]!
}

export type Rgb = readonly [number, number, number]
