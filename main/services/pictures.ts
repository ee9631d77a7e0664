import { StudioError } from '../../contract/errors'
import { loadSharp } from './load-sharp'

// Pictures between files and raw pixels.

/** Interleaved 8-bit pixels, row by row. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

function unreadable(field: string, cause: unknown): StudioError {
  return new StudioError(
    'INVALID_INPUT',
    'This file is not a picture that can be read',
    { field, remedy: 'Use a PNG, JPEG or WebP file.', detail: cause instanceof Error ? cause.message : String(cause) },
    { cause },
  )
}

/** Width, height and type of an encoded picture. @throws StudioError INVALID_INPUT */
export async function readPictureSize(
  bytes: Uint8Array,
  field: string,
): Promise<{ width: number; height: number; format: string }> {
  const sharp = await loadSharp()
  try {
    const { width, height, format, orientation = 1 } = await sharp(bytes).metadata()
    // Orientations from 5 on lie on their side.
    return orientation >= 5 ? { width: height, height: width, format } : { width, height, format }
  } catch (error) {
    throw unreadable(field, error)
  }
}

/**
 * Decodes a picture to `channels` values a pixel, turned upright, scaled and cropped around its centre to fill the size.
 * Transparent parts become white. @throws StudioError INVALID_INPUT
 */
export async function decodePicture(
  bytes: Uint8Array,
  size: { width: number; height: number },
  channels: 1 | 3,
  field: string,
): Promise<Pixels> {
  const sharp = await loadSharp()
  try {
    const upright = sharp(bytes)
      .rotate()
      .flatten({ background: '#ffffff' })
      .resize({ ...size, fit: 'cover', kernel: 'lanczos3' })
    const coloured = channels === 1 ? upright.toColourspace('b-w') : upright.toColourspace('srgb')
    const { data, info } = await coloured.raw().toBuffer({ resolveWithObject: true })
    if (info.channels !== channels) throw new Error(`decoded to ${info.channels} channels, not ${channels}`)
    return { ...size, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
  } catch (error) {
    throw unreadable(field, error)
  }
}

/** A picture of a type that not every window shows, as PNG: upright, its first frame. @throws StudioError INVALID_INPUT */
export async function asPng(bytes: Uint8Array, field: string): Promise<Uint8Array> {
  const sharp = await loadSharp()
  try {
    return await sharp(bytes).autoOrient().toColourspace('srgb').png().toBuffer()
  } catch (error) {
    throw unreadable(field, error)
  }
}

function raw(pixels: Pixels): { raw: { width: number; height: number; channels: 3 } } {
  return { raw: { width: pixels.width, height: pixels.height, channels: 3 } }
}

export async function encodePng(pixels: Pixels): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(pixels.data, raw(pixels)).png({ compressionLevel: 6 }).toBuffer()
}

/** One byte a pixel as a grey PNG. */
export async function encodeGreyPng({ width, height, data }: Pixels): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 6 })
    .toBuffer()
}

/** A small preview of a latent or a finished picture, no larger than it is. */
export async function encodePreview(pixels: Pixels, maxSide: number, quality = 80): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(pixels.data, raw(pixels))
    .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality, effort: 2 })
    .toBuffer()
}

/**
 * Decodes a picture exactly as it is stored: neither turned upright nor laid on white, which `orientation` and a fourth channel leave
 * to whoever has to do it to the last bit.
 * @throws StudioError INVALID_INPUT
 */
export async function decodeAsStored(
  bytes: Uint8Array,
  field: string,
): Promise<Pixels & { readonly channels: 3 | 4; readonly orientation: number }> {
  const sharp = await loadSharp()
  try {
    const { orientation = 1 } = await sharp(bytes).metadata()
    const { data, info } = await sharp(bytes, { autoOrient: false })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 3 && info.channels !== 4) throw new Error(`decoded to ${info.channels} channels`)
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { width: info.width, height: info.height, data: pixels, channels: info.channels, orientation }
  } catch (error) {
    throw unreadable(field, error)
  }
}
