// Guidance of a drawing by words and by pictures. Source: `Bagel._forward_flow` of the official code.

import type { Renorm } from '../../contract/chat-settings'

/** Velocities of one step, [tokens, width]. A branch whose context is that of another is given the other's array. */
export interface Velocities {
  /** With everything. */
  readonly full: Float32Array
  /** Without the last text. */
  readonly withoutText: Float32Array
  /** Without pictures. */
  readonly withoutPictures: Float32Array
}

export interface GuidanceScales {
  /** Above 1, or nothing is guided. */
  readonly textScale: number
  /** 1 and below leaves the pictures out of it. */
  readonly imageScale: number
  readonly renorm: Renorm
  /** 1 turns renormalisation off. */
  readonly renormMin: number
}

/** The guided velocity. @param width of a token */
export function guide(from: Velocities, scales: GuidanceScales, width: number): Float32Array {
  const { full, withoutText, withoutPictures } = from
  const { textScale, imageScale, renorm, renormMin } = scales
  const guided = new Float32Array(full.length)
  for (let i = 0; i < guided.length; i++) guided[i] = withoutText[i]! + textScale * (full[i]! - withoutText[i]!)
  // The image step comes after the norm of `text_channel`, and before the two others.
  if (renorm === 'text_channel') shorten(guided, full, width, renormMin)
  if (imageScale > 1) {
    for (let i = 0; i < guided.length; i++) {
      guided[i] = withoutPictures[i]! + imageScale * (guided[i]! - withoutPictures[i]!)
    }
  }
  if (renorm === 'channel') shorten(guided, full, width, renormMin)
  if (renorm === 'global') shorten(guided, full, full.length, renormMin)
  return guided
}

/** Brings each stretch of `width` numbers back to the length that it has in `model`, where it is longer; by no more than `least`. */
function shorten(values: Float32Array, model: Float32Array, width: number, least: number): void {
  for (let start = 0; start < values.length; start += width) {
    const ratio = norm(model, start, width) / (norm(values, start, width) + 1e-8)
    const scale = Math.min(1, Math.max(least, ratio))
    for (let i = start; i < start + width; i++) values[i]! *= scale
  }
}

function norm(values: Float32Array, start: number, width: number): number {
  let sum = 0
  for (let i = start; i < start + width; i++) sum += values[i]! * values[i]!
  return Math.sqrt(sum)
}
