/** Difference of a channel, of 255, from which on a pixel counts as changed: re-encoding alone stays below it. */
const visible = 24

/**
 * Share of pixels of two pictures of one size that differ visibly.
 * @param before interleaved RGB, like `after`
 * @returns 0 to 1
 */
export function changedShare(before: Uint8Array, after: Uint8Array): number {
  const pixels = Math.floor(after.length / 3)
  let changed = 0
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const place = 3 * pixel
    for (let channel = place; channel < place + 3; channel += 1) {
      if (Math.abs((before[channel] ?? 0) - (after[channel] ?? 0)) > visible) {
        changed += 1
        break
      }
    }
  }
  return pixels === 0 ? 0 : changed / pixels
}
