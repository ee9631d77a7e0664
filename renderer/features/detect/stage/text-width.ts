let context: CanvasRenderingContext2D | null | undefined
const known = new Map<string, number>()
/** Where nothing can be measured: the mean of the letters of the page's font at this size. */
const meanLetter = 6.2

/** Pixels of a word in a label's letters. */
export function textWidth(text: string): number {
  const width = known.get(text)
  if (width !== undefined) return width
  context ??= document.createElement('canvas').getContext('2d')
  if (context === null || context === undefined) return text.length * meanLetter
  context.font = '500 11px Inter, system-ui, sans-serif'
  const measured = context.measureText(text).width
  // The page's font may still be on its way when the first label is written.
  if (document.fonts.status === 'loaded') known.set(text, measured)
  return measured
}
