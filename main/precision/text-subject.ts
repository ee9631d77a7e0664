// Text at several precisions. The reference writes; every column then reads that text, so that each token has a distribution to
// compare, and writes one of its own. What writes is in language-writer.ts and conversation-writer.ts.

import type { ComparedToken } from '../../contract/precision-results'
import { divergenceOfLogits, indexOfLargest, logSumExp } from '../../contract/precision-statistics'
import { columnErrors, spread } from './column-errors'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

/** A prompt before the graphs of one column. */
export interface TextWriter {
  readonly tokenText: (token: number) => string
  readonly decode: (tokens: readonly number[]) => string
  /**
   * Writes after the prompt, the most likely token each time.
   * @param onToken told after each token
   * @throws StudioError CANCELLED
   */
  write(onToken: () => void): Promise<number[]>
  /** Logits before each token of a text that follows the prompt, as if it had been written. */
  read(tokens: readonly number[]): Promise<Float32Array[]>
}

/** Whatever writes text: a language model, or a conversation. */
export interface TextSource {
  /** Most tokens that are written. */
  readonly maxTokens: number
  readonly calibrationKey: string
  open(graphs: GraphSet, isCancelled: () => boolean): Promise<TextWriter>
  calibrate(graphs: GraphSet, context: SubjectContext): Promise<void>
  prefers(feeds: Feeds, best: Feeds | null): boolean
}

interface MadeText {
  readonly text: string
  /** What the column wrote by itself. */
  readonly written: readonly { readonly token: number; readonly text: string }[]
  /** The reference's tokens, and this column's logits before each of them. */
  readonly tokens: readonly { readonly token: number; readonly text: string }[]
  readonly logits: readonly Float32Array[]
  readonly textOf: (token: number) => string
}

export class TextRunner implements SubjectRunner<MadeText> {
  readonly #source: TextSource
  readonly #runs: number
  /** Set by the first run, which is the reference's. */
  #reference: MadeText['tokens'] | null = null

  constructor(source: TextSource, runs: number) {
    this.#source = source
    this.#runs = runs
  }

  get calibrationKey(): string {
    return this.#source.calibrationKey
  }

  async run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<MadeText>> {
    const writer = await this.#source.open(graphs, context.isCancelled)
    const milliseconds: number[] = []
    const totals: number[] = []
    let ids: number[] = []
    for (let run = 0; run < this.#runs; run++) {
      const loadedBefore = graphs.loadMilliseconds
      const started = performance.now()
      ids = await this.#write(writer, milliseconds, {
        ...context,
        onProgress: (fraction, label) => context.onProgress((0.8 * (run + fraction)) / this.#runs, label),
      })
      totals.push(performance.now() - started - (graphs.loadMilliseconds - loadedBefore))
    }
    const written = ids.map((token) => ({ token, text: writer.tokenText(token) }))
    const tokens = (this.#reference ??= written)
    context.onProgress(0.8, 'Reading the reference text')
    const logits = await writer.read(tokens.map(({ token }) => token))
    return {
      made: { text: writer.decode(ids), written, tokens, logits, textOf: (token) => writer.tokenText(token) },
      run: { unit: 'token', ...spread(milliseconds), total: spread(totals).median },
    }
  }

  calibrate(graphs: GraphSet, context: SubjectContext): Promise<void> {
    return this.#source.calibrate(graphs, context)
  }

  compare(reference: MadeText, own: MadeText): ReturnType<SubjectRunner<MadeText>['compare']> {
    const tokens = own.tokens.map(({ token, text }, index): ComparedToken => {
      const [one, other] = [reference.logits[index]!, own.logits[index]!]
      const top = indexOfLargest(other)
      return {
        token,
        text,
        top,
        topText: top === -1 ? '' : own.textOf(top),
        divergence: divergenceOfLogits(one, other),
        probability: finite(Math.exp(other[token]! - logSumExp(other))),
      }
    })
    const divergences = tokens.map(({ divergence }) => divergence)
    const known = divergences.filter((value) => value !== null)
    const agreeing = tokens.filter(({ top }, index) => top === indexOfLargest(reference.logits[index]!)).length
    const length = Math.max(reference.written.length, own.written.length)
    const leaves = Array.from({ length }, (_, index) => index).find(
      (index) => reference.written[index]?.token !== own.written[index]?.token,
    )
    return {
      errors: columnErrors(joined(reference.logits), joined(own.logits), {
        agreement: tokens.length === 0 ? null : agreeing / tokens.length,
        divergence: known.length < divergences.length || known.length === 0 ? null : mean(known),
      }),
      output: {
        kind: 'text',
        text: own.text,
        written: [...own.written],
        divergesAt: leaves ?? null,
        tokens,
      },
    }
  }

  prefers(feeds: Feeds, best: Feeds | null): boolean {
    return this.#source.prefers(feeds, best)
  }

  async #write(
    writer: TextWriter,
    milliseconds: number[],
    { onProgress }: Pick<SubjectContext, 'onProgress'>,
  ): Promise<number[]> {
    const { maxTokens } = this.#source
    const own: number[] = []
    let last = performance.now()
    const ids = await writer.write(() => {
      const now = performance.now()
      own.push(now - last)
      last = now
      onProgress(own.length / maxTokens, `Token ${own.length} of ${maxTokens}`)
    })
    // The first token waits for the whole prompt.
    milliseconds.push(...own.slice(1, ids.length))
    return ids
  }
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, index) => all.set(row, index * width))
  return all
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}
