/** A text to decode, token by token, and words that a drafter might guess wrongly. */

const paragraphs = [
  'Sunlight looks white, but it is a mix of every colour you see in a rainbow. When that light enters the air around the Earth, it bumps into tiny molecules of nitrogen and oxygen. Those molecules are much smaller than the waves of light, and they scatter short waves far more strongly than long ones. Blue light has a short wavelength, so it bounces around the sky in every direction, while red and yellow light travel straight on. Some of the scattered blue light reaches your eyes, and the whole sky seems to glow.',
  'At sunset the light has to cross far more air before it arrives. Most of the blue has been scattered away before it gets to you, and what is left looks orange and red. That is why the same sky can look blue at noon and fiery at dusk.',
  'Violet light is scattered even more than blue light. The sun gives less of it, though, and the eye has few cells that answer to it, so the sky does not look violet. Clouds look white because their drops are much larger than the waves of light, and large drops scatter every colour alike.',
]

export const wrongWords = [
  'the',
  'and',
  'to',
  'not',
  'it',
  'of',
  'that',
  'in',
  'when',
  'is',
  'from',
  'more',
  'out',
  'a',
]

export function wordsOf(count: number): string[] {
  const words: string[] = []
  for (let at = 0; words.length < count; at += 1) {
    const paragraph = paragraphs[at % paragraphs.length]!
    words.push(...paragraph.match(/^\S+?(?=[,.]|\s|$)|\s\S+?(?=[,.]|\s|$)|[,.]/g)!)
    words.push('\n\n')
  }
  return words.slice(0, count)
}
