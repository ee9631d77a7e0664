// How a picture becomes what a detector reads, and how its boxes come back.

import { float32, type Tensor } from '../tensor/tensor'
import type { RgbImage } from '../tensor/image'
import { resample, type ResampleFilter } from '../tensor/resample'
import { roundHalfEven } from '../tensor/round-half-even'

/** Where a picture's pixels go on the network's input. */
export type Placing =
  /** Both sides are filled, whatever that does to the shape. */
  | { readonly mode: 'stretch'; readonly width: number; readonly height: number }
  /** The shape stays; bars of the level `fill` take the rest, around the picture or below and right of it. */
  | {
      readonly mode: 'letterbox'
      readonly width: number
      readonly height: number
      readonly fill: number
      readonly align: 'centre' | 'corner'
    }
  /**
   * The shape stays: the shorter side becomes `shortest`, unless the longer one would pass `longest`; both are then made multiples of
   * `multiple`.
   */
  | { readonly mode: 'fit'; readonly shortest: number; readonly longest: number; readonly multiple: number }

export interface PictureInput {
  readonly placing: Placing
  readonly filter: ResampleFilter
  readonly antialias: boolean
  readonly channelOrder: 'RGB' | 'BGR'
  /** A value of 0 to 255 becomes (value / scale - mean) / std, by channel in the order above. */
  readonly scale: number
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
}

/** From the network's pixels to the picture's: x * scaleX + offsetX. */
export interface ToPicture {
  readonly scaleX: number
  readonly scaleY: number
  readonly offsetX: number
  readonly offsetY: number
  /** Of the picture, to which boxes are cut. */
  readonly width: number
  readonly height: number
}

export interface PreparedPicture {
  /** [1, 3, height, width] */
  readonly pixels: Tensor<'float32'>
  readonly toPicture: ToPicture
}

/**
 * Resizes and normalises an upright picture.
 * @param picture size of the picture itself, where the image was shrunk to the network's size already
 */
export function preparePicture(image: RgbImage, input: PictureInput, picture: Size = image): PreparedPicture {
  const place = placeOf(picture, input.placing)
  const resized = resample(image, place.width, place.height, input.filter, input.antialias)
  const { scaleX, scaleY } = place
  return {
    pixels: normalise(resized, place, input),
    toPicture: {
      scaleX,
      scaleY,
      offsetX: -place.left * scaleX,
      offsetY: -place.top * scaleY,
      width: picture.width,
      height: picture.height,
    },
  }
}

export interface Size {
  readonly width: number
  readonly height: number
}

interface Place {
  /** Of the resized picture. */
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  /** Of the network's input. */
  readonly wholeWidth: number
  readonly wholeHeight: number
  readonly fill: number
  /** Pixels of the picture for one of the network's. */
  readonly scaleX: number
  readonly scaleY: number
}

function placeOf({ width, height }: Size, placing: Placing): Place {
  if (placing.mode === 'letterbox') return letterbox(width, height, placing)
  const size = placing.mode === 'stretch' ? placing : fit(width, height, placing)
  return {
    width: size.width,
    height: size.height,
    left: 0,
    top: 0,
    wholeWidth: size.width,
    wholeHeight: size.height,
    fill: 0,
    scaleX: width / size.width,
    scaleY: height / size.height,
  }
}

/** Source of the roundings: ultralytics' LetterBox for bars around, YOLOX's preproc for bars at the corner. */
function letterbox(width: number, height: number, placing: Placing & { mode: 'letterbox' }): Place {
  const ratio = Math.min(placing.width / width, placing.height / height)
  const round = placing.align === 'centre' ? roundHalfEven : Math.trunc
  const side = (length: number, most: number): number => Math.min(most, Math.max(1, round(length * ratio)))
  const [inner, innerHeight] = [side(width, placing.width), side(height, placing.height)]
  const bar = (whole: number, part: number): number =>
    placing.align === 'centre' ? roundHalfEven((whole - part) / 2 - 0.1) : 0
  return {
    width: inner,
    height: innerHeight,
    left: bar(placing.width, inner),
    top: bar(placing.height, innerHeight),
    wholeWidth: placing.width,
    wholeHeight: placing.height,
    fill: placing.fill,
    scaleX: 1 / ratio,
    scaleY: 1 / ratio,
  }
}

/** Source: transformers, get_size_with_aspect_ratio of DETR (multiples of 1) and YOLOS (of 16). */
function fit(
  width: number,
  height: number,
  { shortest, longest, multiple }: Placing & { mode: 'fit' },
): { width: number; height: number } {
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)]
  const isLimited = (longer / shorter) * shortest > longest
  const raw = isLimited ? (longest * shorter) / longer : shortest
  const short = isLimited ? roundHalfEven(raw) : shortest
  const long = shorter === short ? longer : Math.trunc((raw * longer) / shorter)
  const side = (length: number): number => Math.max(multiple, length - (length % multiple))
  return width < height ? { width: side(short), height: side(long) } : { width: side(long), height: side(short) }
}

/** Interleaved bytes to planes of numbers; each level is worked out once. */
function normalise({ rgb, width, height }: RgbImage, place: Place, input: PictureInput): Tensor<'float32'> {
  const plane = place.wholeWidth * place.wholeHeight
  const data = new Float32Array(3 * plane)
  const levels = [0, 1, 2].map((channel) => levelsOf(channel, input)) as [Float32Array, Float32Array, Float32Array]
  if (width !== place.wholeWidth || height !== place.wholeHeight) {
    levels.forEach((level, channel) => data.fill(level[place.fill]!, channel * plane, (channel + 1) * plane))
  }
  const [first, second, third] = levels
  // Where the first and the last channel of the network lie in a pixel.
  const [start, end] = input.channelOrder === 'RGB' ? [0, 2] : [2, 0]
  for (let y = 0, source = 0; y < height; y++) {
    let target = (y + place.top) * place.wholeWidth + place.left
    for (let x = 0; x < width; x++, source += 3, target++) {
      data[target] = first[rgb[source + start]!]!
      data[target + plane] = second[rgb[source + 1]!]!
      data[target + 2 * plane] = third[rgb[source + end]!]!
    }
  }
  return float32([1, 3, place.wholeHeight, place.wholeWidth], data)
}

function levelsOf(channel: number, { scale, mean, std }: PictureInput): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / scale - mean[channel]!) / std[channel]!)
}
