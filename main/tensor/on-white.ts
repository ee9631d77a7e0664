/**
 * Alpha laid on white with the bytes of Pillow's `paste`: (colour * alpha + 255 * (255 - alpha)) / 255, to the nearest.
 * @param rgba four values a pixel, colours not multiplied by alpha
 */
export function onWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3)
  for (let source = 0, target = 0; source < rgba.length; source += 4) {
    const alpha = rgba[source + 3]!
    const white = 255 * (255 - alpha)
    for (let channel = 0; channel < 3; channel++) {
      rgb[target++] = Math.round((rgba[source + channel]! * alpha + white) / 255)
    }
  }
  return rgb
}

/** Whether no pixel lets anything through. */
export function isOpaque(rgba: Uint8Array): boolean {
  for (let alpha = 3; alpha < rgba.length; alpha += 4) if (rgba[alpha] !== 255) return false
  return true
}
