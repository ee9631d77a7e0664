import { StopStrings, type WatchedText } from './stop-strings'
import { TextStream } from './text-stream'
import type { TextTokenizer } from './text-tokenizer'

/**
 * Text of an answer as its tokens come: whole characters only, ended by stop texts. Tokens of an accepted draft are pushed one by
 * one: what follows the token at which `stopped` comes back is cut off.
 */
export class TokenText {
  readonly #stream: TextStream
  readonly #stops: StopStrings
  #text = ''
  #stopped = false

  constructor(tokenizer: TextTokenizer, stops: readonly string[] = []) {
    this.#stream = new TextStream(tokenizer)
    this.#stops = new StopStrings(stops)
  }

  /** All that may be shown so far. */
  get text(): string {
    return this.#text
  }

  push(token: number): WatchedText {
    return this.#add(this.#stops.push(this.#stream.push(token)))
  }

  /** What was held back, once no more tokens come. */
  end(): WatchedText {
    if (this.#stopped) return { text: '', stopped: true }
    const last = this.#stops.push(this.#stream.flush())
    return this.#add(last.stopped ? last : { text: last.text + this.#stops.flush(), stopped: false })
  }

  #add(watched: WatchedText): WatchedText {
    this.#text += watched.text
    this.#stopped ||= watched.stopped
    return watched
  }
}
