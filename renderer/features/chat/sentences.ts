/** The sentences of a growing text that are whole by now and were not given out before. */
export interface SentenceReader {
  /** @returns what to say now; empty where no further sentence has ended */
  read(text: string): string
  /** What is left when nothing more will come. */
  finish(text: string): string
}

/** An end of a sentence: a mark with a space after it, or the end of a line. */
const end = /[.!?…:]["”’)\]]*\s+|\n+/gu

export function createSentenceReader(): SentenceReader {
  let said = 0
  return {
    read(text) {
      let whole = said
      end.lastIndex = said
      for (let match = end.exec(text); match !== null; match = end.exec(text)) whole = match.index + match[0].length
      const sentences = text.slice(said, whole)
      said = whole
      return plainText(sentences)
    },
    finish(text) {
      const rest = text.slice(said)
      said = text.length
      return plainText(rest)
    },
  }
}

/** Without the marks of Markdown, which a screen reader would spell out. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/```[^\n]*\n?/g, '')
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+]|\d+[.)])\s+/gm, '')
    .replace(/[*_`~]{1,3}/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
