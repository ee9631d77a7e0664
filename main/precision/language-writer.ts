import { StudioError } from '../../contract/errors'
import type { Subject } from '../../contract/precision'
import { samplingSchema } from '../../contract/speculation'
import { generate } from '../text/generate'
import type { LanguageFolder } from '../text/language-folder'
import type { LanguageModel, TargetSession } from '../text/language-model'
import { openLanguageModel } from '../text/open-language-model'
import { promptIds } from '../text/prompt-ids'
import type { Feeds, GraphSet } from './graph-set'
import type { SubjectContext } from './subject'
import type { TextSource, TextWriter } from './text-subject'

type TextSubject = Extract<Subject, { kind: 'text' }>

/** The one precision of the folder that a column's graphs are opened as. */
const columnPrecision = 'column'
const calibrationTokens = 64

/** A language model that writes. */
export class LanguageSource implements TextSource {
  readonly #modelId: string
  readonly #folder: LanguageFolder
  readonly #subject: TextSubject

  constructor(modelId: string, folder: LanguageFolder, subject: TextSubject) {
    this.#modelId = modelId
    this.#folder = folder
    this.#subject = subject
  }

  get maxTokens(): number {
    return this.#subject.maxTokens
  }

  get calibrationKey(): string {
    return JSON.stringify(['text', this.#calibrationPrompts])
  }

  get #calibrationPrompts(): readonly string[] {
    const others = this.#folder.prompts.filter((prompt) => prompt !== this.#subject.prompt).slice(0, 3)
    return others.length > 0
      ? others
      : ['The weather was fine, so we walked along the river and talked about the book.']
  }

  async open(graphs: GraphSet, isCancelled: () => boolean): Promise<TextWriter> {
    const { model, target } = await this.#open(graphs)
    const prompt = promptIds(model, this.#subject)
    const { maxTokens } = this.#subject
    return {
      tokenText: (token) => model.tokenizer.tokenText(token),
      decode: (tokens) => model.tokenizer.decode(tokens),
      write: async (onToken) => {
        const ids: number[] = []
        const sampling = samplingSchema.parse({})
        for await (const event of generate({ model, target, prompt, sampling, maxTokens, isCancelled })) {
          if (event.type === 'end') {
            if (event.finishReason === 'cancelled') throw cancelled()
            continue
          }
          ids.push(event.token)
          onToken()
        }
        return ids
      },
      read: (tokens) => readLogits(target, prompt, tokens),
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

function cancelled(): StudioError {
  return new StudioError('CANCELLED', 'The comparison was cancelled')
}
