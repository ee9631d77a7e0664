import pc from 'picocolors'
import type { Progress } from '../../../contract/jobs'

const barWidth = 24

function seconds(value: number): string {
  return value < 10 ? value.toFixed(1) : value < 90 ? String(Math.round(value)) : `${Math.round(value / 60)} min`
}

/** One line of progress, such as `Denoising ━━━━──── 12/28  σ 0.83  0.11 s a step  1–2 s left`. */
export function formatProgress(progress: Progress, colours: ReturnType<typeof pc.createColors>): string {
  const filled = Math.round(progress.fraction * barWidth)
  const bar = colours.cyan('━'.repeat(filled)) + colours.dim('─'.repeat(barWidth - filled))
  const parts = [`${progress.label.slice(0, 28).padEnd(28)} ${bar}`]
  if (progress.items > 1) parts.push(`picture ${progress.item + 1}/${progress.items}`)
  if (progress.stage === 'denoise') parts.push(`step ${progress.step}/${progress.steps}`)
  if (progress.sigma !== null && progress.stage === 'denoise') parts.push(`σ ${progress.sigma.toFixed(3)}`)
  if (progress.eta !== null)
    parts.push(`${seconds(progress.eta.low)}–${seconds(progress.eta.high)} s left`.replace(/min s/, 'min'))
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
