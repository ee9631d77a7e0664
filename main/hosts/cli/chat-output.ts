import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pc from 'picocolors'
import type { Answer, DrawnPart } from '../../../contract/chat'
import type { ChatEvent, PhaseEvent } from '../../../contract/chat-events'
import type { TurnStatistics } from '../../../contract/chat-statistics'
import { StudioError } from '../../../contract/errors'
import type { Progress } from '../../../contract/jobs'
import { sniffMediaType } from '../../storage/media-type'
import type { Studio } from '../studio'
import { printFailure, wantsColour } from './output'
import { ProgressLine } from './progress-line'

/** Shows a turn as it comes: words on standard output, all else on the other stream, or one JSON object a line. */
export class ChatOutput {
  readonly #json: boolean
  readonly #folder: string
  readonly #studio: Studio
  readonly #line = new ProgressLine(process.stderr, wantsColour(process.stderr))
  readonly #colours = pc.createColors(wantsColour(process.stderr))
  /** Characters shown of each part. */
  #shown = new Map<number, number>()
  #wroteWords = false
  #thinking = false

  constructor(studio: Studio, options: { json: boolean; folder: string }) {
    this.#studio = studio
    this.#json = options.json
    this.#folder = resolve(options.folder)
  }

  /** A new turn begins. */
  begin(answer: Answer): void {
    this.#shown = new Map()
    this.#wroteWords = false
    this.#thinking = false
    const { mode, reason, asked } = answer.decision
    if (this.#json) {
      const { conversationId, modelId, decision, parameters } = answer
      this.#say({ event: 'turn', conversationId, answerId: answer.id, modelId, decision, parameters })
    } else if (asked === 'auto' && mode !== 'read') process.stderr.write(this.#colours.dim(`${mode}: ${reason}\n`))
  }

  /** Shows what an event brought. Words are taken from the answer as it stands then, so that none are missed or shown twice. */
  take(event: ChatEvent, answer: Answer): void {
    if (event.type === 'phase') this.#phase(event)
    else if (event.type === 'step' && this.#json) this.#say({ event: 'step', step: event.step })
    answer.parts.forEach((part, place) => {
      if (part.type !== 'text' && part.type !== 'think') return
      const shown = this.#shown.get(place) ?? 0
      this.#shown.set(place, part.text.length)
      if (part.text.length > shown) this.#words(part.type, part.text.slice(shown))
    })
  }

  #phase(event: PhaseEvent): void {
    const { phase, label, done, total, secondsPerStep, eta } = event
    if (this.#json) this.#say({ event: 'phase', phase, label, done, total, secondsPerStep, eta })
    else if (phase !== 'answer' && phase !== 'think') this.#line.show(progressOf(event))
  }

  #words(kind: 'text' | 'think', text: string): void {
    if (this.#json) return this.#say({ event: kind, text })
    this.#line.clear()
    if (kind === 'think') {
      // Thoughts are not the answer: a script that reads standard output must not get them.
      this.#thinking = true
      process.stderr.write(this.#colours.dim(text))
      return
    }
    if (this.#thinking) process.stderr.write('\n\n')
    this.#thinking = false
    this.#wroteWords = true
    process.stdout.write(text)
  }

  /** The turn is over: pictures go to the folder, and how it ended is said. */
  async end(answer: Answer): Promise<void> {
    this.#line.clear()
    if (this.#wroteWords) process.stdout.write('\n')
    for (const part of answer.parts)
      if (part.type === 'drawn' && part.assetId !== null) await this.#picture(answer, part)
    if (this.#json) {
      const { status, statistics } = answer
      this.#say({ event: 'done', status, statistics })
    } else if (answer.statistics !== null) {
      process.stderr.write(this.#colours.dim(`${statisticsLine(answer.statistics)}\n`))
    }
    if (answer.status === 'stopped' && !this.#json) process.stderr.write(this.#colours.dim('(stopped)\n'))
    if (answer.failure !== null) printFailure(answer.failure, this.#json)
  }

  async #picture(answer: Answer, part: DrawnPart): Promise<void> {
    if (part.assetId === null) return
    const path = await this.#save(part.assetId, answer.parameters.sampling.seed)
    const { width, height, step, steps, state, changed } = part
    if (this.#json) {
      this.#say({
        event: 'picture',
        path,
        width,
        height,
        step,
        steps,
        partial: state === 'partial',
        changed,
        assetId: part.assetId,
      })
      return
    }
    const partial = state === 'partial' ? `  stopped at step ${step} of ${steps}` : ''
    process.stderr.write(`${path}  ${width} × ${height}  seed ${answer.parameters.sampling.seed}${partial}\n`)
  }

  async #save(assetId: string, seed: number): Promise<string> {
    const source = join(this.#studio.folders.assets, assetId.slice(0, 2), assetId)
    try {
      await mkdir(this.#folder, { recursive: true })
      // A preview that is kept because nothing better came is WebP.
      const type = sniffMediaType(await readFile(source))
      const path = freePath(this.#folder, `chat-${seed}`, type === 'image/webp' ? 'webp' : 'png')
      await copyFile(source, path)
      return path
    } catch (cause) {
      throw new StudioError(
        'INVALID_INPUT',
        `The picture could not be written to ${this.#folder}`,
        {
          field: 'output',
          remedy: 'It is safe in the conversation. Choose a folder that can be written to.',
          detail: String(cause),
        },
        { cause },
      )
    }
  }

  #say(event: object): void {
    process.stdout.write(`${JSON.stringify(event)}\n`)
  }
}

/** A name that is not taken: nothing is ever written over. */
function freePath(folder: string, name: string, extension: string): string {
  for (let copy = 1; ; copy += 1) {
    const path = join(folder, `${name}${copy === 1 ? '' : `-${copy}`}.${extension}`)
    if (!existsSync(path)) return path
  }
}

function progressOf({ phase, label, done, total, secondsPerStep, eta }: PhaseEvent): Progress {
  const stage = phase === 'draw' ? 'denoise' : phase === 'prefill' ? 'prefill' : phase === 'load' ? 'load' : 'decode'
  const fraction = total === 0 ? 0 : Math.min(1, done / total)
  return { stage, label, item: 0, items: 1, step: done, steps: total, sigma: null, secondsPerStep, fraction, eta }
}

/** What a turn cost, in one line. */
export function statisticsLine({ phases, firstTokenMilliseconds, milliseconds }: TurnStatistics): string {
  const said: string[] = []
  for (const phase of phases) {
    switch (phase.phase) {
      case 'prefill':
        said.push(`${phase.rows} rows read${phase.reusedRows > 0 ? `, ${phase.reusedRows} kept` : ''}`)
        break
      case 'think':
      case 'answer': {
        const speed = phase.milliseconds === 0 ? 0 : (1000 * phase.tokens) / phase.milliseconds
        said.push(`${phase.phase === 'think' ? 'thought ' : ''}${phase.tokens} tokens, ${speed.toFixed(1)} a second`)
        const rate = phase.speculation?.acceptanceRate ?? null
        if (phase.speculation !== null && rate !== null) {
          said.push(`${phase.speculation.strategy}: ${(100 * rate).toFixed(0)} % accepted`)
        }
        break
      }
      case 'draw':
        said.push(`${phase.steps} steps, ${(phase.milliseconds / 1000 / Math.max(1, phase.steps)).toFixed(2)} s each`)
        if (phase.passesSaved > 0) said.push(`${phase.passesSaved} passes saved`)
        break
      case 'load':
      case 'decode':
        break
    }
  }
  if (firstTokenMilliseconds !== null) said.push(`first token ${(firstTokenMilliseconds / 1000).toFixed(2)} s`)
  said.push(`${(milliseconds / 1000).toFixed(1)} s`)
  return said.join(' · ')
}
