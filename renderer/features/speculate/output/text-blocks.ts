import type { TraceToken } from '../model/run-trace'

/** Tokens of a paragraph, in pieces that are drawn anew only when they change. */
export interface TextBlock {
  readonly start: number
  readonly pieces: readonly { readonly start: number; readonly end: number }[]
}

const pieceSize = 48
/** A paragraph that runs on for longer is broken at a word, so that adding to it stays cheap. */
const longestBlock = 600

/** Where paragraphs and pieces begin depends on what stands before alone: what was drawn stays as it is. */
export function textBlocks(tokens: readonly TraceToken[], count: number): TextBlock[] {
  const blocks: TextBlock[] = []
  let start = 0
  for (let index = 0; index < count; index += 1) {
    const isLast = index === count - 1
    const isParagraphEnd = tokens[index]!.text.endsWith('\n')
    const isLongEnough = index + 1 - start >= longestBlock && tokens[index + 1]?.text.startsWith(' ') === true
    if (!isLast && !isParagraphEnd && !isLongEnough) continue
    blocks.push({ start, pieces: piecesOf(start, index + 1) })
    start = index + 1
  }
  return blocks
}

function piecesOf(start: number, end: number): { start: number; end: number }[] {
  return Array.from({ length: Math.ceil((end - start) / pieceSize) }, (_, index) => ({
    start: start + index * pieceSize,
    end: Math.min(end, start + (index + 1) * pieceSize),
  }))
}
