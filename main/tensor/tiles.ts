// Runs a network over overlapping tiles of a large input and joins the results with a linear cross-fade, so that memory
// depends on the tile and not on the picture. Source: diffusers AutoencoderKL.tiled_decode and tiled_encode.

/** Channel planes: [channels, height, width]. */
export interface Planes {
  readonly data: Float32Array
  readonly channels: number
  readonly height: number
  readonly width: number
}

const OVERLAP = 0.25

/**
 * @param input what is cut into tiles
 * @param tileSide side of an input tile
 * @param scale how many output pixels an input pixel becomes: 8 for decoding, 1/8 for encoding
 * @param run the network on one tile; its output has `scale` times the tile's size
 */
export async function runInTiles(
  input: Planes,
  tileSide: number,
  scale: number,
  run: (tile: Planes) => Promise<Planes>,
): Promise<Planes> {
  const stride = Math.trunc(tileSide * (1 - OVERLAP))
  const fade = Math.trunc(tileSide * scale * OVERLAP)
  const keep = tileSide * scale - fade
  const [height, width] = [Math.round(input.height * scale), Math.round(input.width * scale)]
  let output: Planes | undefined
  let above: Planes[] = []
  for (let top = 0, outTop = 0; top < input.height; top += stride, outTop += keep) {
    const row: Planes[] = []
    for (let left = 0, outLeft = 0; left < input.width; left += stride, outLeft += keep) {
      const tile = await run(cut(input, left, top, tileSide))
      output ??= { data: new Float32Array(tile.channels * height * width), channels: tile.channels, height, width }
      const [up, before] = [above[row.length], row.at(-1)]
      if (up !== undefined) fadeDown(up, tile, fade)
      if (before !== undefined) fadeRight(before, tile, fade)
      paste(tile, output, outLeft, outTop, keep)
      row.push(tile)
    }
    above = row
  }
  if (output === undefined) throw new RangeError('There is nothing to cut into tiles')
  return output
}

function cut(from: Planes, left: number, top: number, side: number): Planes {
  const width = Math.min(side, from.width - left)
  const height = Math.min(side, from.height - top)
  const data = new Float32Array(from.channels * height * width)
  for (let channel = 0, target = 0; channel < from.channels; channel++) {
    for (let y = top; y < top + height; y++, target += width) {
      const start = (channel * from.height + y) * from.width + left
      data.set(from.data.subarray(start, start + width), target)
    }
  }
  return { data, channels: from.channels, height, width }
}

/** Fades the lower rows of the tile above into the upper rows of this one. */
function fadeDown(above: Planes, tile: Planes, fade: number): void {
  const rows = Math.min(above.height, tile.height, fade)
  const width = Math.min(above.width, tile.width)
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < rows; y++) {
      const source = (channel * above.height + above.height - rows + y) * above.width
      const target = (channel * tile.height + y) * tile.width
      mix(above.data, source, tile.data, target, width, () => y / rows)
    }
  }
}

/** Fades the right columns of the tile before into the left columns of this one. */
function fadeRight(before: Planes, tile: Planes, fade: number): void {
  const columns = Math.min(before.width, tile.width, fade)
  const rows = Math.min(before.height, tile.height)
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < rows; y++) {
      const source = (channel * before.height + y) * before.width + before.width - columns
      const target = (channel * tile.height + y) * tile.width
      mix(before.data, source, tile.data, target, columns, (x) => x / columns)
    }
  }
}

function mix(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  count: number,
  share: (index: number) => number,
): void {
  for (let i = 0; i < count; i++) {
    const weight = share(i)
    target[to + i] = source[from + i]! * (1 - weight) + target[to + i]! * weight
  }
}

function paste(tile: Planes, output: Planes, left: number, top: number, keep: number): void {
  const width = Math.min(keep, tile.width, output.width - left)
  const height = Math.min(keep, tile.height, output.height - top)
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < height; y++) {
      const start = (channel * tile.height + y) * tile.width
      const target = (channel * output.height + top + y) * output.width + left
      output.data.set(tile.data.subarray(start, start + width), target)
    }
  }
}
