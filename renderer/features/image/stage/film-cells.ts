import type { Frame } from '../../../../contract/images'

export interface FilmCell {
  /** Place among all frames, those to come included. */
  readonly slot: number
  /** Index into the frames; null where the frame has not come yet. */
  readonly index: number | null
  readonly frame: Frame | null
  readonly isNow: boolean
}

/**
 * Which frames stand in the strip. Where they do not all fit, every so many are shown, and the cell nearest to the
 * frame in hand shows that frame itself.
 */
export function filmCells(frames: readonly Frame[], expected: number, room: number, shown: number): FilmCell[] {
  const count = Math.min(expected, room)
  if (count <= 0) return []
  const slots = Array.from({ length: count }, (_, place) =>
    count === 1 ? 0 : Math.round((place * (expected - 1)) / (count - 1)),
  )
  let nearest = 0
  slots.forEach((slot, place) => {
    if (Math.abs(slot - shown) < Math.abs((slots[nearest] ?? 0) - shown)) nearest = place
  })
  return slots.map((slot, place) => {
    const index = place === nearest && frames.length > 0 ? shown : slot
    const frame = frames[index] ?? null
    return { slot, index: frame === null ? null : index, frame, isNow: place === nearest && frame !== null }
  })
}
