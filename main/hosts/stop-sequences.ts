/** What of a text may be shown: what comes before the first of the sequences at which it is to stop. */
export interface CutText {
  readonly text: string
  readonly isStopped: boolean
}

/**
 * Cuts a text at whichever sequence comes first in it.
 * @param isWhole false while more may come: an end that may turn out to be the beginning of a sequence is then held back
 */
export function cutAtStop(text: string, sequences: readonly string[], isWhole: boolean): CutText {
  const found = sequences.map((sequence) => text.indexOf(sequence)).filter((place) => place >= 0)
  if (found.length > 0) return { text: text.slice(0, Math.min(...found)), isStopped: true }
  const held = isWhole ? 0 : Math.max(0, ...sequences.map((sequence) => begunLength(text, sequence)))
  return { text: text.slice(0, text.length - held), isStopped: false }
}

/** How many characters at the end of the text are the beginning of the sequence. */
function begunLength(text: string, sequence: string): number {
  for (let length = Math.min(text.length, sequence.length - 1); length > 0; length--) {
    if (text.endsWith(sequence.slice(0, length))) return length
  }
  return 0
}
