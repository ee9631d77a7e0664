// Puts a word that a small model knows where the captions of its training have it:
// "<subject> and <subject> on a <colour> background, <style>".

const background = / on an? [\p{L} ]+ background/u

interface Parts {
  readonly subjects: string
  readonly background: string
  readonly style: string
}

function split(prompt: string, styles: readonly string[]): Parts {
  const text = prompt.trim()
  const style = styles.map((name) => `, ${name}`).find((end) => text.endsWith(end)) ?? ''
  const rest = text.slice(0, text.length - style.length)
  const found = background.exec(rest)
  return found === null
    ? { subjects: rest, background: '', style }
    : { subjects: rest.slice(0, found.index), background: rest.slice(found.index), style }
}

function join({ subjects, background, style }: Parts): string {
  return `${subjects}${background}${style}`
}

/** Adds a subject; a second one stands beside the first. */
export function withSubject(prompt: string, words: string, styles: readonly string[]): string {
  const parts = split(prompt, styles)
  return join({ ...parts, subjects: parts.subjects === '' ? words : `${parts.subjects} and ${words}` })
}

/** Takes the place of another colour of the background. "white" is what a prompt without a background means. */
export function withColour(prompt: string, colour: string, styles: readonly string[]): string {
  const article = /^[aeio]/.test(colour) ? 'an' : 'a'
  return join({
    ...split(prompt, styles),
    background: colour === 'white' ? '' : ` on ${article} ${colour} background`,
  })
}

/** Takes the place of another of the styles. */
export function withStyle(prompt: string, style: string, styles: readonly string[]): string {
  return join({ ...split(prompt, styles), style: `, ${style}` })
}
