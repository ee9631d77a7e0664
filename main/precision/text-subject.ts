// Text at several precisions. The reference writes; every column then reads that text, so that each token has a distribution to
// compare, and writes one of its own.

import { StudioError } from '../../contract/errors'
import type { Subject } from '../../contract/precision'
import type { ComparedToken } from '../../contract/precision-results'
import { divergenceOfLogits, indexOfLargest, logSumExp } from '../../contract/precision-statistics'
import { samplingSchema } from '../../contract/speculation'
import type { LanguageFolder } from '../text/language-folder'
import { generate } from '../text/generate'
import type { LanguageModel, TargetSession } from '../text/language-model'
import { openLanguageModel } from '../text/open-language-model'
import { promptIds } from '../text/prompt-ids'
import { columnErrors, spread } from './column-errors'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext, SubjectRun, SubjectRunner } from './subject'

type TextSubject = Extract<Subject, { kind: 'text' }>

interface MadeText {
  readonly text: string
  /** What the column wrote by itself. */
  readonly written: readonly { readonly token: number; readonly text: string }[]
  /** The reference's tokens, and this column's logits before each of them. */
  readonly tokens: readonly { readonly token: number; readonly text: string }[]
  readonly logits: readonly Float32Array[]
  readonly textOf: (token: number) => string
}

/** The one precision of the folder that a column's graphs are opened as. */
const columnPrecision = 'column'
const calibrationTokens = 64

export class TextRunner implements SubjectRunner<MadeText> {
  readonly #modelId: string
  readonly #folder: LanguageFolder
  readonly #subject: TextSubject
  readonly #runs: number
  /** Set by the first run, which is the reference's. */
  #reference: MadeText['tokens'] | null = null

  constructor(modelId: string, folder: LanguageFolder, subject: TextSubject, runs: number) {
    this.#modelId = modelId
    this.#folder = folder
    this.#subject = subject
    this.#runs = runs
  }

  get #calibrationPrompts(): readonly string[] {
    const others = this.#folder.prompts.filter((prompt) => prompt !== this.#subject.prompt).slice(0, 3)
    return others.length > 0
      ? others
      : ['The weather was fine, so we walked along the river and talked about the book.']
  }

  get calibrationKey(): string {
    return JSON.stringify(['text', this.#calibrationPrompts])
  }

  async run(graphs: GraphSet, context: SubjectContext): Promise<SubjectRun<MadeText>> {
    const { model, target } = await this.#open(graphs)
    const prompt = promptIds(model, this.#subject)
    const milliseconds: number[] = []
    const totals: number[] = []
    let written: MadeText['written'] = []
    for (let run = 0; run < this.#runs; run++) {
      const started = performance.now()
      written = await this.#write(model, target, prompt, milliseconds, {
        ...context,
        onProgress: (fraction, label) => context.onProgress((0.8 * (run + fraction)) / this.#runs, label),
      })
      totals.push(performance.now() - started)
    }
    const tokens = (this.#reference ??= written)
    context.onProgress(0.8, 'Reading the reference text')
    const logits = await readLogits(
      target,
      prompt,
      tokens.map(({ token }) => token),
    )
    const textOf = (token: number): string => model.tokenizer.tokenText(token)
    return {
      made: { text: model.tokenizer.decode(written.map(({ token }) => token)), written, tokens, logits, textOf },
      run: { unit: 'token', ...spread(milliseconds), total: spread(totals).median },
    }
  }

  async calibrate(graphs: GraphSet, { isCancelled, onProgress }: SubjectContext): Promise<void> {
    const { model, target } = await this.#open(graphs)
    for (const [index, prompt] of this.#calibrationPrompts.entries()) {
      if (isCancelled()) throw cancelled()
      onProgress(index / this.#calibrationPrompts.length, 'Calibrating')
      const ids = model.tokenizer.encode(prompt).slice(0, calibrationTokens)
      await target.forward({ ids }, target.createCache())
    }
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

  /** The longest run: the one that reads the whole reference text. */
  prefers(feeds: Feeds, best: Feeds | null): boolean {
    const rows = (one: Feeds): number => one['input_ids']?.data.length ?? 0
    return best === null || rows(feeds) > rows(best)
  }

  async #open(graphs: GraphSet): Promise<{ model: LanguageModel; target: TargetSession }> {
    const folder: LanguageFolder = {
      ...this.#folder,
      // The path is never opened: the column's graphs answer for the role.
      precisions: { [columnPrecision]: { target: columnPrecision } },
      defaultPrecision: columnPrecision,
    }
    const model = await openLanguageModel({
      modelId: this.#modelId,
      folder,
      precision: columnPrecision,
      provider: 'cpu',
      threads: 0,
      sessions: { open: ({ role }) => graphs.open(role) },
    })
    return { model, target: await model.openTarget() }
  }

  async #write(
    model: LanguageModel,
    target: TargetSession,
    prompt: readonly number[],
    milliseconds: number[],
    { isCancelled, onProgress }: SubjectContext,
  ): Promise<{ token: number; text: string }[]> {
    const { maxTokens } = this.#subject
    const written: { token: number; text: string }[] = []
    let last = performance.now()
    const sampling = samplingSchema.parse({})
    for await (const event of generate({ model, target, prompt, sampling, maxTokens, isCancelled })) {
      if (event.type === 'end') {
        if (event.finishReason === 'cancelled') throw cancelled()
        continue
      }
      const now = performance.now()
      // The first token waits for the whole prompt.
      if (written.length > 0) milliseconds.push(now - last)
      last = now
      written.push({ token: event.token, text: model.tokenizer.tokenText(event.token) })
      onProgress(written.length / maxTokens, `Token ${written.length} of ${maxTokens}`)
    }
    return written
  }
}

/** Logits before each token of a text that follows a prompt: one forward over both. */
async function readLogits(
  target: TargetSession,
  prompt: readonly number[],
  tokens: readonly number[],
): Promise<Float32Array[]> {
  if (tokens.length === 0) return []
  const ids = [...prompt, ...tokens.slice(0, -1)]
  const result = await target.forward({ ids }, target.createCache(), { logits: true })
  // Rows are views of one buffer, which the next forward may reuse.
  return tokens.map((_, index) => result.row(prompt.length - 1 + index).logits!.slice())
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

function cancelled(): StudioError {
  return new StudioError('CANCELLED', 'The comparison was cancelled')
}
