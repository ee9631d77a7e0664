// Pictures and latents as rows of tokens.

import type { RgbImage } from '../tensor/image'

/** Ids in a table of `side` x `side` positions of a grid that lies in its corner: row * side + column. */
export function positionIds(rows: number, columns: number, side: number): BigInt64Array {
  const ids = new BigInt64Array(rows * columns)
  for (let row = 0, place = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) ids[place++] = BigInt(row * side + column)
  }
  return ids
}

/**
 * Cuts a picture into patches, values -1 to 1.
 * @returns [patches, patch * patch * 3], each in the order (row, column, channel)
 */
export function patchesOf({ width, height, rgb }: RgbImage, patch: number): Float32Array {
  const [rows, columns] = [height / patch, width / patch]
  const out = new Float32Array(rgb.length)
  let target = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let y = 0; y < patch; y++) {
        const from = 3 * ((row * patch + y) * width + column * patch)
        for (let i = from; i < from + 3 * patch; i++) out[target++] = Math.fround(rgb[i]! / 255) * 2 - 1
      }
    }
  }
  return out
}

/** A latent's size in places, its channels, and the places along a side of a token. */
export interface LatentShape {
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly patch: number
}

/** Calls back with the place of each number in token order and in plane order: token (r, s), entry (p, q, c) is latent[c, r, s]. */
function eachPlace(
  { channels, height, width, patch }: LatentShape,
  visit: (token: number, plane: number) => void,
): void {
  let token = 0
  for (let row = 0; row < height; row += patch) {
    for (let column = 0; column < width; column += patch) {
      for (let p = 0; p < patch; p++) {
        for (let q = 0; q < patch; q++) {
          const place = (row + p) * width + column + q
          for (let c = 0; c < channels; c++) visit(token++, c * height * width + place)
        }
      }
    }
  }
}

/** From [channels, height, width] to [tokens, patch * patch * channels]. */
export function latentToTokens(latent: Float32Array, shape: LatentShape): Float32Array {
  const tokens = new Float32Array(latent.length)
  eachPlace(shape, (token, plane) => {
    tokens[token] = latent[plane]!
  })
  return tokens
}

/** The way back. */
export function tokensToLatent(tokens: Float32Array, shape: LatentShape): Float32Array {
  const latent = new Float32Array(tokens.length)
  eachPlace(shape, (token, plane) => {
    latent[plane] = tokens[token]!
  })
  return latent
}
