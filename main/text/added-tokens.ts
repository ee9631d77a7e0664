/** A token that is looked for in the text itself, before the text is cut into words. */
export interface AddedToken {
  readonly content: string
  readonly id: number
  /** Whether it is looked for after the text's clean-up, instead of in the text as typed. */
  readonly normalized: boolean
}

/** A part of a text: an added token, or what stands between two of them. */
export type Section =
  | { readonly kind: 'text'; readonly start: number; readonly text: string }
  | { readonly kind: 'token'; readonly start: number; readonly id: number }

/** Cuts a text at every added token; where two begin at one place the longer wins. Empty parts are left out. */
export function splitAtTokens(text: string, tokens: readonly AddedToken[]): Section[] {
  if (tokens.length === 0) return text === '' ? [] : [{ kind: 'text', start: 0, text }]
  const longestFirst = [...tokens].sort((one, other) => other.content.length - one.content.length)
  const ids = new Map(longestFirst.map((token) => [token.content, token.id]))
  const pattern = new RegExp(longestFirst.map((token) => escapePattern(token.content)).join('|'), 'gu')
  const sections: Section[] = []
  let end = 0
  const addText = (until: number): void => {
    if (until > end) sections.push({ kind: 'text', start: end, text: text.slice(end, until) })
  }
  for (const match of text.matchAll(pattern)) {
    addText(match.index)
    sections.push({ kind: 'token', start: match.index, id: ids.get(match[0])! })
    end = match.index + match[0].length
  }
  addText(text.length)
  return sections
}

function escapePattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')
}
