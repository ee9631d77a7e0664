import { float32, type Tensor } from './tensor'

/** A colour picture: rows from the top, red, green and blue of each pixel in turn, 0 to 255. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** A grey picture, such as a mask: one byte a pixel, rows from the top. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly grey: Uint8Array
}

/** A picture as a float tensor of shape [1, 3, height, width] with values from -1 to 1. */
export function imageToTensor(image: RgbImage): Tensor<'float32'> {
  const { width, height, rgb } = image
  const plane = width * height
  if (rgb.length !== 3 * plane)
    throw new RangeError(`A ${width}x${height} picture has ${3 * plane} bytes, not ${rgb.length}`)
  const data = new Float32Array(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0, target = channel * plane; pixel < plane; pixel++, target++) {
      data[target] = Math.fround(rgb[3 * pixel + channel]! / 255) * 2 - 1
    }
  }
  return float32([1, 3, height, width], data)
}

/**
 * The picture of a float tensor of shape [1, 3, height, width]: -1 to 1 becomes 0 to 255, values outside are clamped.
 * Rounds halves to the even level, as numpy does in diffusers' VaeImageProcessor.
 */
export function tensorToImage(tensor: Tensor<'float32'>): RgbImage {
  const [batch, channels, height, width] = tensor.shape
  if (batch !== 1 || channels !== 3 || height === undefined || width === undefined) {
    throw new RangeError(`A picture has the shape [1, 3, height, width], not [${tensor.shape.join(', ')}]`)
  }
  const plane = width * height
  // Storing into a clamped array rounds half to even and clamps: exactly the rule needed.
  const rgb = new Uint8ClampedArray(3 * plane)
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0, source = channel * plane; pixel < plane; pixel++, source++) {
      rgb[3 * pixel + channel] = Math.fround(Math.fround(tensor.data[source]! * 0.5 + 0.5) * 255)
    }
  }
  return { width, height, rgb: new Uint8Array(rgb.buffer) }
}

/**
 * A mask shrunk to the size of the latent, values 0 to 1, taking the nearest pixel as torch's `interpolate` does:
 * source index = floor(target index * source size / target size).
 */
export function shrinkMask(mask: GreyImage, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * mask.height) / height) * mask.width
    for (let x = 0; x < width; x++) out[y * width + x] = mask.grey[row + Math.floor((x * mask.width) / width)]! / 255
  }
  return out
}

/** Lays `front` over `back` where the mask is white; grey mixes the two. All three have one size. */
export function compositeThroughMask(front: RgbImage, back: RgbImage, mask: GreyImage): RgbImage {
  const rgb = new Uint8ClampedArray(front.rgb.length)
  for (let pixel = 0; pixel < mask.grey.length; pixel++) {
    const weight = mask.grey[pixel]! / 255
    for (let i = 3 * pixel; i < 3 * pixel + 3; i++) rgb[i] = weight * front.rgb[i]! + (1 - weight) * back.rgb[i]!
  }
  return { width: front.width, height: front.height, rgb: new Uint8Array(rgb.buffer) }
}
