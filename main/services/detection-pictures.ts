import type { OutputInfo, Sharp } from 'sharp'
import { detectionLimits } from '../../contract/detection'
import { StudioError } from '../../contract/errors'
import { prepare, type PrepareInput, type PrepareOutput } from '../detect/help'
import type { PictureInput, Size } from '../detect/picture-input'
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
  /** Milliseconds from the file's bytes to pixels: the network's, where sharp shrinks while it decodes. */
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

interface Header extends Size {
  readonly isCmyk: boolean
  readonly isTurned: boolean
  readonly hasAlpha: boolean
  readonly notes: string[]
}

/** What a picture's header says, before any pixel is decoded: its upright size and how it is stored. @throws StudioError INVALID_INPUT, PICTURE_TOO_LARGE */
async function readHeader(bytes: Uint8Array, field: string): Promise<Header> {
  const sharp = await loadSharp()
  let header: Awaited<ReturnType<ReturnType<typeof sharp>['metadata']>>
  try {
    header = await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (error) {
    throw unreadable(field, error)
  }
  const { space, depth, hasAlpha, pages = 1, orientation = 1 } = header
  const { width, height } = header.autoOrient
  if (width * height > detectionLimits.pixels) {
    throw new StudioError(
      'PICTURE_TOO_LARGE',
      `The picture has ${number(width)} × ${number(height)} = ${number(width * height)} pixels`,
      { field, remedy: `Scale it down: at most ${number(detectionLimits.pixels)} pixels are read.` },
    )
  }
  const isCmyk = space === 'cmyk'
  const isTurned = orientation > 1
  const notes = [
    ...(pages > 1 ? [`first frame of ${pages}`] : []),
    ...(isCmyk ? ['CMYK turned into RGB'] : []),
    ...(depth === 'uchar' || depth === undefined ? [] : ['turned into 8 bits a channel']),
    ...(isTurned ? ['turned upright'] : []),
  ]
  return { width, height, isCmyk, isTurned, hasAlpha, notes }
}

/** Reads pictures for detectors: decoding in sharp's own threads, what sharp cannot resize as the network wants it in the helper thread. */
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
    const opening = performance.now()
    const header = await readHeader(bytes, field)
    const opened = performance.now() - opening
    const { width, height } = header
    const giveBack = await this.#budget.take(width * height)
    try {
      const decoding = performance.now()
      const target = shrunkSize(header, input)
      const pixels = await decode(bytes, header, canShrinkAtOnce(header) ? target : null, field)
      const decoded = performance.now() - decoding
      // Before the pixels move: decoding once is half of the work.
      const small = wantsThumbnail ? { thumbnail: await makeThumbnail(pixels, header) } : {}
      const prepared = await this.#prepare(pixels, target, { input, picture: { width, height } })
      const notes = [...header.notes, ...(prepared.wasTransparent ? ['transparent parts on white'] : [])]
      return { ...prepared, ...small, width, height, notes, decode: opened + decoded }
    } finally {
      giveBack()
    }
  }

  /** @param target the network's size, where sharp's kernel is the network's own */
  async #prepare(
    pixels: UprightPixels,
    target: Size | null,
    how: Pick<PrepareInput, 'input' | 'picture'>,
  ): Promise<PrepareOutput> {
    if (target !== null && pixels.channels === 3) {
      const started = performance.now()
      const fitted = await shrink(pixels, target)
      const shrunk = performance.now() - started
      // A few tenths of a millisecond: not worth the way to another thread.
      const prepared = prepare({ ...fitted, ...how })
      return { ...prepared, milliseconds: prepared.milliseconds + shrunk }
    }
    // A small picture's bytes lie in a pool that others use too: they are copied, the large ones move.
    const moves = pixels.data.byteLength === pixels.data.buffer.byteLength
    const transfer = moves ? [pixels.data.buffer as ArrayBuffer] : []
    return this.#helper.run<PrepareInput, PrepareOutput>('prepare', { ...pixels, ...how }, transfer)
  }
}

type UprightPixels = Omit<PrepareInput, 'input' | 'picture'>

/**
 * The size to which sharp shrinks a picture for a network; null where its kernel is not the one that the network was trained with. Its
 * linear one gives Pillow's bilinear to within one level of 255, in a twentieth of the time that doing it to the last bit takes. Above four
 * times it takes means of whole pixels first, as Pillow does with a reducing_gap of 2: up to 8 levels, a third of one on average.
 */
function shrunkSize({ width, height }: Size, { placing, filter, antialias }: PictureInput): Size | null {
  const isMeant = placing.mode === 'stretch' && filter === 'bilinear' && antialias
  return isMeant && width >= placing.width && height >= placing.height ? placing : null
}

/** Whether decoding and shrinking in one go gives the same as one after the other: turned pictures would be shrunk before they turn. */
function canShrinkAtOnce({ isCmyk, isTurned, hasAlpha }: Header): boolean {
  return !isCmyk && !isTurned && !hasAlpha
}

/** @param target what the picture is shrunk to while it is decoded; null keeps its size */
async function decode(
  bytes: Uint8Array,
  { isCmyk }: Header,
  target: Size | null,
  field: string,
): Promise<UprightPixels> {
  const sharp = await loadSharp()
  // Colour profiles are passed over, as whoever trained the networks did; only CMYK means nothing without one.
  const upright = sharp(bytes, { limitInputPixels: false, failOn: 'error', ignoreIcc: !isCmyk }).autoOrient()
  // Colours come before shrinking; asked for by name, they also keep sharp from shrinking in the JPEG's own coarse steps.
  const sized = target === null ? upright : shrunk(upright.pipelineColourspace('srgb'), target)
  try {
    return pixelsOf(await sized.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }))
  } catch (error) {
    throw unreadable(field, error)
  }
}

async function shrink(pixels: UprightPixels, target: Size): Promise<UprightPixels> {
  const { width, height, channels, data } = pixels
  if (width === target.width && height === target.height) return pixels
  const sharp = await loadSharp()
  const raw = sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
  return pixelsOf(await shrunk(raw, target).raw().toBuffer({ resolveWithObject: true }))
}

function shrunk(picture: Sharp, { width, height }: Size): Sharp {
  return picture.resize(width, height, { fit: 'fill', kernel: 'linear' })
}

function pixelsOf({ data, info }: { data: Buffer; info: OutputInfo }): UprightPixels {
  const { width, height, channels } = info
  if (channels !== 3 && channels !== 4) throw new Error(`decoded to ${channels} channels`)
  return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/** @param size of the picture itself: its pixels may have been shrunk to another shape */
async function makeThumbnail({ data, width, height, channels }: UprightPixels, size: Size): Promise<Uint8Array> {
  const sharp = await loadSharp()
  const scale = Math.min(1, thumbnailSide / Math.max(size.width, size.height))
  const side = (length: number): number => Math.max(1, Math.round(length * scale))
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .resize(side(size.width), side(size.height), { fit: 'fill' })
    .webp({ quality: 80, effort: 2 })
    .toBuffer()
}
