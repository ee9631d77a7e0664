// Text that remembers where each of its characters stood in what the user typed, so that "cut off here" can be shown.

/** A normalised text and, for each of its UTF-16 units, the offset in the original text of the character it came from. */
export interface TracedText {
  readonly text: string
  readonly origin: readonly number[]
}

// A character and what canonical composition (NFC) may join to it: combining marks, and Hangul vowels and finals.
const cluster = /[\s\S][\p{M}\u1161-\u1175\u11a8-\u11c2]*/gu
const spaces = /^\p{White_Space}$/u

/**
 * CLIP's text clean-up: NFC, every run of white space to one space, lower case letter by letter (so a capital sigma at
 * the end of a word becomes an ordinary one). Source: transformers, tokenization_clip.py.
 */
export function normaliseForClip(original: string, start = 0): TracedText {
  let text = ''
  const origin: number[] = []
  for (const match of original.matchAll(cluster)) {
    for (const character of match[0].normalize('NFC')) {
      const isSpace = spaces.test(character)
      if (isSpace && text.endsWith(' ')) continue
      const out = isSpace ? ' ' : character.toLowerCase()
      text += out
      for (let unit = 0; unit < out.length; unit++) origin.push(start + match.index)
    }
  }
  return { text, origin }
}

/** A step that a tokenizer file may ask for before it cuts words. */
export type CleanUpStep = 'NFC' | 'NFKC' | 'Lowercase'

// With compatibility characters, half-width voicing marks and the stand-alone Hangul letters may join as well.
const wideCluster = /[\s\S][\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc]*/gu

/** Does the steps one after the other, lower case letter by letter as the tokenizers library does. */
export function cleanUp(original: string, steps: readonly CleanUpStep[], start = 0): TracedText {
  const typed = { text: original, origin: Array.from({ length: original.length }, (_, index) => start + index) }
  return steps.reduce(cleanUpStep, typed)
}

function cleanUpStep(before: TracedText, step: CleanUpStep): TracedText {
  let text = ''
  const origin: number[] = []
  for (const match of before.text.matchAll(wideCluster)) {
    const out =
      step === 'Lowercase'
        ? Array.from(match[0], (character) => character.toLowerCase()).join('')
        : match[0].normalize(step)
    text += out
    for (let unit = 0; unit < out.length; unit++) origin.push(before.origin[match.index]!)
  }
  return { text, origin }
}
