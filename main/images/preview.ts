// Small pictures of a latent while it is drawn, without the VAE: each place of the latent becomes one pixel, by a linear
// map from the latent's channels to red, green and blue.

import type { RgbImage } from '../tensor/image'

/** The map: colour = sum over channels of value x row, plus bias; -1 to 1. */
export interface LatentColours {
  /** One row [red, green, blue] for each latent channel. */
  readonly rows: readonly (readonly [number, number, number])[]
  readonly bias: readonly [number, number, number]
}

/** Fitted to SD3's autoencoder. Source: ComfyUI, comfy/latent_formats.py (SD3). */
export const sd3Colours: LatentColours = {
  rows: [
    [-0.0922, -0.0175, 0.0749],
    [0.0311, 0.0633, 0.0954],
    [0.1994, 0.0927, 0.0458],
    [0.0856, 0.0339, 0.0902],
    [0.0587, 0.0272, -0.0496],
    [-0.0006, 0.1104, 0.0309],
    [0.0978, 0.0306, 0.0427],
    [-0.0042, 0.1038, 0.1358],
    [-0.0194, 0.002, 0.0669],
    [-0.0488, 0.013, -0.0268],
    [0.0922, 0.0988, 0.0951],
    [-0.0278, 0.0524, -0.0542],
    [0.0332, 0.0456, 0.0895],
    [-0.0069, -0.003, -0.081],
    [-0.0596, -0.0465, -0.0293],
    [-0.1448, -0.1463, -0.1189],
  ],
  bias: [0.2394, 0.2135, 0.1925],
}

/** The picture of a latent [channels, height, width], one pixel for each place. */
export function latentToImage(latent: Float32Array, width: number, height: number, colours: LatentColours): RgbImage {
  const places = width * height
  const channels = Math.min(latent.length / places, colours.rows.length)
  const rgb = new Uint8ClampedArray(3 * places)
  for (let place = 0; place < places; place++) {
    let [red, green, blue] = colours.bias
    for (let channel = 0; channel < channels; channel++) {
      const value = latent[channel * places + place]!
      const row = colours.rows[channel]!
      red += value * row[0]
      green += value * row[1]
      blue += value * row[2]
    }
    rgb[3 * place] = (red + 1) * 127.5
    rgb[3 * place + 1] = (green + 1) * 127.5
    rgb[3 * place + 2] = (blue + 1) * 127.5
  }
  return { width, height, rgb: new Uint8Array(rgb.buffer) }
}
