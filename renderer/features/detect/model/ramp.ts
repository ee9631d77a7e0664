/** The nine stops of the page's ramp for magnitudes, dark to light. */
const stops = ['#00224e', '#173b6b', '#3b4f6c', '#575d6d', '#737172', '#8f8776', '#b09f70', '#d3bc60', '#fdea45'].map(
  (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
)

/** The colour of a magnitude from 0 to 1: red, green and blue up to 255, between two stops in proportion. */
export function rampColor(share: number): readonly [red: number, green: number, blue: number] {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1)
  const below = Math.min(stops.length - 2, Math.floor(place))
  const rest = place - below
  const mix = (channel: number) => Math.round(stops[below]![channel]! * (1 - rest) + stops[below + 1]![channel]! * rest)
  return [mix(0), mix(1), mix(2)]
}

/** A grid of magnitudes as pixels, one for each cell. @param values row by row, 0 to 1 */
export function rampPixels(values: readonly number[], columns: number, rows: number): ImageData {
  const image = new ImageData(columns, rows)
  values.forEach((value, cell) => {
    image.data.set([...rampColor(value), 255], 4 * cell)
  })
  return image
}
