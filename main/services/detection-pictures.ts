import { detectionLimits } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import type { PrepareInput, PrepareOutput } from '../detect/help'
import type { PictureInput } from '../detect/picture-input'
import type { HelperThread } from '../runtime/helper-thread'
import { loadSharp } from './load-sharp'
import type { PixelBudget } from './pixel-budget'

/** Bytes of a file above which it is not even opened. */
const largestFile = 400_000_000
const thumbnailSide = 256

/** A picture on its way to the network, with what people should know of how it was read. */
export interface ReadPicture extends PrepareOutput {
  readonly width: number
  readonly height: number
  readonly notes: string[]
  /** Milliseconds from the file's bytes to pixels. */
  readonly decode: number
  /** A small picture for lists, WebP. */
  readonly thumbnail?: Uint8Array
}

const remedy = 'Use a PNG, JPEG, WebP, TIFF, GIF or AVIF file.'

function unreadable(field: string, cause: unknown): StudioError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  const isCut = /premature end|truncated|unexpected end|end of (?:file|stream)|not enough data/iu.test(detail)
  const message = isCut ? 'The picture’s file is cut off' : 'This file is not a picture that can be read'
  return new StudioError(
    'INVALID_INPUT',
    message,
    { field, remedy: isCut ? 'Copy or download it again.' : remedy, detail },
    { cause },
  )
}

const number = (value: number): string => value.toLocaleString('en-US')

/** Refuses what is too large to be read. @param size bytes @throws StudioError PICTURE_TOO_LARGE, INVALID_INPUT where it is empty */
export function checkFileSize(size: number, field: string): void {
  if (size === 0) throw new StudioError('INVALID_INPUT', 'The file is empty', { field, remedy })
  if (size <= largestFile) return
  throw new StudioError('PICTURE_TOO_LARGE', `The file has ${number(Math.round(size / 1e6))} MB`, {
    field,
    remedy: `Files of up to ${number(largestFile / 1e6)} MB are read.`,
  })
}

interface Header {
  /** As stored. */
  readonly width: number
  readonly height: number
  readonly isCmyk: boolean
  readonly notes: string[]
}

/** What a picture's header says, before any pixel is decoded. @throws StudioError INVALID_INPUT, PICTURE_TOO_LARGE */
async function readHeader(bytes: Uint8Array, field: string): Promise<Header> {
  const sharp = await loadSharp()
  let header: Awaited<ReturnType<ReturnType<typeof sharp>['metadata']>>
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (error) {
    throw unreadable(field, error)
  }
  const { width, height, space, depth, pages = 1, orientation = 1 } = header
  if (width * height > detectionLimits.pixels) {
    throw new StudioError(
      'PICTURE_TOO_LARGE',
      `The picture has ${number(width)} × ${number(height)} = ${number(width * height)} pixels`,
      { field, remedy: `Scale it down: at most ${number(detectionLimits.pixels)} pixels are read.` },
    )
  }
  const isCmyk = space === 'cmyk'
  const notes = [
    ...(pages > 1 ? [`first frame of ${pages}`] : []),
    ...(isCmyk ? ['CMYK turned into RGB'] : []),
    ...(depth === 'uchar' || depth === undefined ? [] : ['turned into 8 bits a channel']),
    ...(orientation > 1 ? ['turned upright'] : []),
  ]
  return { width, height, isCmyk, notes }
}

/** Reads pictures for detectors: decoding in sharp's own threads, resizing in the helper thread. */
export class DetectionPictures {
  readonly #helper: Pick<HelperThread, 'run'>
  readonly #budget: PixelBudget

  constructor(helper: Pick<HelperThread, 'run'>, budget: PixelBudget) {
    this.#helper = helper
    this.#budget = budget
  }

  /**
   * From a file's bytes to what a network takes: upright, the first frame, RGB with transparent parts on white.
   * @throws StudioError INVALID_INPUT, PICTURE_TOO_LARGE
   */
  async read(
    bytes: Uint8Array,
    input: PictureInput,
    { field, thumbnail: wantsThumbnail = false }: { readonly field: string; readonly thumbnail?: boolean },
  ): Promise<ReadPicture> {
    checkFileSize(bytes.length, field)
    const header = await readHeader(bytes, field)
    const giveBack = await this.#budget.take(header.width * header.height)
    try {
      const started = performance.now()
      const pixels = await decode(bytes, header, field)
      const decoded = performance.now() - started
      const { width, height } = pixels
      // Before the pixels move: decoding once is half of the work.
      const small = wantsThumbnail ? { thumbnail: await makeThumbnail(pixels) } : {}
      const shrinking = performance.now()
      const fitted = await shrink(pixels, input)
      const shrunk = performance.now() - shrinking
      const ask: PrepareInput = { ...fitted, input, picture: { width, height } }
      // A small picture's bytes lie in a pool that others use too: they are copied, the large ones move.
      const moves = fitted.data.byteLength === fitted.data.buffer.byteLength
      const transfer = moves ? [fitted.data.buffer as ArrayBuffer] : []
      const prepared = await this.#helper.run<PrepareInput, PrepareOutput>('prepare', ask, transfer)
      const notes = [...header.notes, ...(prepared.wasTransparent ? ['transparent parts on white'] : [])]
      const milliseconds = prepared.milliseconds + shrunk
      return { ...prepared, milliseconds, ...small, width, height, notes, decode: decoded }
    } finally {
      giveBack()
    }
  }
}

async function decode(bytes: Uint8Array, { isCmyk }: Header, field: string): Promise<UprightPixels> {
  const sharp = await loadSharp()
  try {
    // Colour profiles are passed over, as whoever trained the networks did; only CMYK means nothing without one.
    const { data, info } = await sharp(bytes, { limitInputPixels: false, failOn: 'error', ignoreIcc: !isCmyk })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 3 && info.channels !== 4) throw new Error(`decoded to ${info.channels} channels`)
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return { width: info.width, height: info.height, channels: info.channels, data: pixels }
  } catch (error) {
    throw unreadable(field, error)
  }
}

type UprightPixels = Omit<PrepareInput, 'input'>

/**
 * Shrinks opaque pixels to the network's size where sharp's kernel is the one that the network was trained with: its linear one gives
 * Pillow's bilinear to within one level of 255, in a twentieth of the time that doing it to the last bit takes.
 */
async function shrink(pixels: UprightPixels, { placing, filter, antialias }: PictureInput): Promise<UprightPixels> {
  const { width, height, channels, data } = pixels
  const isMeant = placing.mode === 'stretch' && filter === 'bilinear' && antialias && channels === 3
  if (!isMeant || width < placing.width || height < placing.height) return pixels
  const sharp = await loadSharp()
  const small = await sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .resize(placing.width, placing.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer()
  const own = new Uint8Array(small.buffer, small.byteOffset, small.byteLength)
  return { width: placing.width, height: placing.height, channels, data: own }
}

async function makeThumbnail({ data, width, height, channels }: UprightPixels): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .resize({ width: thumbnailSide, height: thumbnailSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 2 })
    .toBuffer()
}
