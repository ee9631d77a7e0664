/** What a piece of text comes to when texts are watched for that end it. */
export interface WatchedText {
  /** What may be shown now. */
  readonly text: string
  /** Whether a stop text is complete: nothing after it counts, and the text itself is not shown. */
  readonly stopped: boolean
}

/**
 * Watches text that comes in pieces for stop texts, also across pieces. The one that is complete first ends it; of those complete
 * at one place, the one that began first. The same text ends at the same place however it is cut into pieces.
 */
export class StopStrings {
  readonly #stops: readonly string[]
  /** Text that may be the beginning of a stop text. */
  #held = ''

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  push(piece: string): WatchedText {
    const text = this.#held + piece
    const found = findStop(text, this.#stops)
    if (found !== null) {
      this.#held = ''
      return { text: text.slice(0, found), stopped: true }
    }
    const safe = text.length - heldBack(text, this.#stops)
    this.#held = text.slice(safe)
    return { text: text.slice(0, safe), stopped: false }
  }

  /** What is still held back, at the end. */
  flush(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }
}

/** Where the first complete stop text begins; null where there is none. */
export function findStop(text: string, stops: readonly string[]): number | null {
  let best: { start: number; end: number } | null = null
  for (const stop of stops) {
    const start = text.indexOf(stop)
    if (start < 0) continue
    const end = start + stop.length
    if (best === null || end < best.end || (end === best.end && start < best.start)) best = { start, end }
  }
  return best?.start ?? null
}

/** Characters at the end that could be the beginning of a stop text. */
function heldBack(text: string, stops: readonly string[]): number {
  let most = 0
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > most; length--) {
      if (text.endsWith(stop.slice(0, length))) most = length
    }
  }
  return most
}
