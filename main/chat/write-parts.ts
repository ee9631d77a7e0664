// Writing an answer that may begin with a thought, and telling which is which as it comes.

import type { ChatTurnEvent } from './turn'
import { ThoughtSplitter } from './thought-text'
import type { TurnMeter } from './turn-meter'
import { writeText, type WriteOptions, type WrittenText } from './write-text'

export interface WritePartsOptions extends Omit<WriteOptions, 'onToken'> {
  readonly meter: TurnMeter
  readonly emit: (event: ChatTurnEvent) => void
  /** Whether all is a thought until its closing tag, or only what an opening tag begins, or nothing. */
  readonly expects: 'think' | 'think or answer' | 'answer'
}

type Part = 'think' | 'answer'

const labels: Readonly<Record<Part, string>> = { think: 'Thinking', answer: 'Writing' }

/** Writes, and tells pieces of thought and answer, the whole thought at its end, and what each cost. */
export async function writeParts(options: WritePartsOptions): Promise<WrittenText> {
  const parts = new Parts(options)
  const written = await writeText({ ...options, onToken: (text) => parts.token(text) })
  parts.end(written)
  return written
}

class Parts {
  readonly #options: WritePartsOptions
  readonly #splitter: ThoughtSplitter | null
  #part: Part
  #tokens = 0
  #began: number
  #thought = ''

  constructor(options: WritePartsOptions) {
    this.#options = options
    const { expects, emit, meter } = options
    this.#splitter = expects === 'answer' ? null : new ThoughtSplitter(expects === 'think' ? 'think' : 'answer')
    this.#part = expects === 'answer' ? 'answer' : 'think'
    this.#began = meter.now()
    emit({ type: 'phase', phase: this.#part, label: labels[this.#part] })
  }

  /** @param text that the token completes */
  token(text: string): void {
    this.#options.meter.token()
    this.#tokens += 1
    const pieces = this.#splitter === null ? [{ part: 'answer' as const, text }] : this.#splitter.push(text)
    for (const piece of pieces) this.#tell(piece.part, piece.text)
    if (pieces.length === 0) this.#tell(this.#part, '')
  }

  end({ finishReason, text }: WrittenText): void {
    for (const piece of this.#splitter?.end() ?? []) this.#tell(piece.part, piece.text)
    this.#endPart(finishReason)
    if (this.#thought === '') return
    const { emit } = this.#options
    emit({ type: 'thought', text: this.#thought, raw: text, closed: this.#splitter?.isClosed ?? false })
  }

  #tell(part: Part, text: string): void {
    if (part !== this.#part) this.#turnTo(part)
    if (part === 'think') this.#thought += text
    this.#options.emit({ type: 'text', part, text, tokens: this.#tokens })
  }

  #turnTo(part: Part): void {
    // Where no thought came at all, the tokens so far are the answer's; the one that brought the closing tag is the thought's.
    if (this.#thought !== '' || this.#splitter?.isClosed === true) {
      this.#endPart('end')
      this.#tokens = 0
      this.#began = this.#options.meter.now()
    }
    this.#part = part
    this.#options.emit({ type: 'phase', phase: part, label: labels[part] })
  }

  #endPart(finishReason: WrittenText['finishReason']): void {
    const { meter } = this.#options
    const [phase, tokens] = [this.#part, this.#tokens]
    meter.add({ phase, milliseconds: meter.now() - this.#began, tokens, finishReason, speculation: null })
  }
}
