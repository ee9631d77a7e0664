import pc from 'picocolors'
import type { Progress } from '../../../contract/jobs'

const barWidth = 24

const mostSeconds = 90

/** `5.5–6.6 s left`, `2–3 min left`: both ends in one unit, so that neither can be taken for the other. */
export function formatTimeLeft({ low, high }: { readonly low: number; readonly high: number }): string {
  if (high < mostSeconds) return `${seconds(low)}–${seconds(high)} s left`
  const [from, to] = [Math.floor(low / 60), Math.ceil(high / 60)]
  return `${from === to ? to : `${from}–${to}`} min left`
}

function seconds(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value))
}

/** One line of progress, such as `Denoising ━━━━──── 12/28  σ 0.83  0.11 s a step  1–2 s left`. */
export function formatProgress(progress: Progress, colours: ReturnType<typeof pc.createColors>): string {
  const filled = Math.round(progress.fraction * barWidth)
  const bar = colours.cyan('━'.repeat(filled)) + colours.dim('─'.repeat(barWidth - filled))
  const parts = [`${progress.label.slice(0, 28).padEnd(28)} ${bar}`]
  const isText = progress.stage === 'prefill' || progress.stage === 'generate'
  if (progress.items > 1) parts.push(`${isText ? 'run' : 'picture'} ${progress.item + 1}/${progress.items}`)
  if (progress.stage === 'denoise') parts.push(`step ${progress.step}/${progress.steps}`)
  if (progress.stage === 'generate') parts.push(`token ${progress.step}/${progress.steps}`)
  if (progress.sigma !== null && progress.stage === 'denoise') parts.push(`σ ${progress.sigma.toFixed(3)}`)
  if (progress.eta !== null) parts.push(formatTimeLeft(progress.eta))
  return parts.join('  ')
}

/** A line on a terminal that is written over; silent where the stream is not a terminal. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #colours: ReturnType<typeof pc.createColors>

  constructor(stream: NodeJS.WriteStream, coloured: boolean) {
    this.#stream = stream
    this.#colours = pc.createColors(coloured)
  }

  show(progress: Progress): void {
    if (this.#stream.isTTY !== true) return
    this.#stream.write(`\r\x1b[2K${formatProgress(progress, this.#colours)}`)
  }

  clear(): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\x1b[2K')
  }
}
