import type { Box } from '../../../../contract/detection'
import type { Size } from '../../../ui/viewport'

/** Pixels of a label's height. */
export const labelHeight = 18
/** Square pixels that nobody sees, and that sums of fractions may be off by. */
const enough = 0.5

interface WantedLabel {
  /** The box that it belongs to, in the pixels of the stage. */
  readonly box: Box
  readonly width: number
}

interface Place {
  readonly x: number
  readonly y: number
}

/**
 * Where each label stands: over its box, or at the next place around it that neither an earlier label covers nor the stage cuts
 * off. Where all are taken it stands where it covers least. The first have the first choice.
 */
export function placeLabels(
  wanted: readonly WantedLabel[],
  stage: Size,
  height: number = labelHeight,
): readonly Place[] {
  const taken = new TakenPlaces(height)
  return wanted.map(({ box, width }) => {
    let best: Place = { x: box[0], y: box[1] - height }
    let least = Number.POSITIVE_INFINITY
    for (const place of placesAround(box, width, height)) {
      const cost = taken.covered(place, width) + outside(place, width, height, stage)
      if (cost < least - enough) {
        least = cost
        best = place
      }
      if (cost < enough) break
    }
    // A box that reaches over the edge keeps its label in sight.
    const seen = {
      x: Math.max(0, Math.min(best.x, stage.width - width)),
      y: Math.max(0, Math.min(best.y, stage.height - height)),
    }
    taken.add(seen, width)
    return seen
  })
}

/** Above, below, inside, then beside; from the left edge, then from the right. */
function placesAround([left, top, right, bottom]: Box, width: number, height: number): readonly Place[] {
  const edge = 1
  return [
    { x: left - edge, y: top - height - edge },
    { x: right - width + edge, y: top - height - edge },
    { x: left - edge, y: bottom + edge },
    { x: right - width + edge, y: bottom + edge },
    { x: left + edge, y: top + edge },
    { x: left + edge, y: bottom - height - edge },
    { x: right - width - edge, y: top + edge },
    { x: right + edge + 1, y: top },
    { x: left - width - edge - 1, y: top },
  ]
}

/** Labels that stand already. They are found by the band that their upper edge lies in: hundreds are placed at each move of a slider. */
class TakenPlaces {
  readonly #height: number
  readonly #bands = new Map<number, (Place & { readonly width: number })[]>()

  constructor(height: number) {
    this.#height = height
  }

  add(place: Place, width: number): void {
    const band = Math.floor(place.y / this.#height)
    const others = this.#bands.get(band)
    if (others === undefined) this.#bands.set(band, [{ ...place, width }])
    else others.push({ ...place, width })
  }

  /** Square pixels of a label that others cover. */
  covered(place: Place, width: number): number {
    const height = this.#height
    const band = Math.floor(place.y / height)
    let area = 0
    for (let near = band - 1; near <= band + 1; near++) {
      for (const other of this.#bands.get(near) ?? []) {
        const across = Math.min(place.x + width, other.x + other.width) - Math.max(place.x, other.x)
        if (across <= 0) continue
        const down = Math.min(place.y, other.y) + height - Math.max(place.y, other.y)
        if (down > 0) area += across * down
      }
    }
    return area
  }
}

function outside(place: Place, width: number, height: number, stage: Size): number {
  const across = Math.max(0, Math.min(place.x + width, stage.width) - Math.max(place.x, 0))
  const down = Math.max(0, Math.min(place.y + height, stage.height) - Math.max(place.y, 0))
  return width * height - across * down
}
