import type { ChatModelFacts } from '../../contract/chat-models'
import type { Model } from '../../contract/models'
import { strategySchema, type Calibration } from '../../contract/speculation'
import type { ChatPlan, ChatTurnEvent, MessageRows, TurnMessage } from '../chat/turn'
import { chatPrompt, turnRows } from '../text/chat-prompt'
import type { ChatTurn as TextTurn } from '../text/chat-template'
import type { LanguageFolder } from '../text/language-folder'
import { TextTokenizer } from '../text/text-tokenizer'
import type { ChatEngine, EngineRun, EngineTurn } from './chat-engine'
import type { TaskRunner } from './image-job'
import type { TextChatInput } from './text-chat-task'

export interface TextEngineNeeds {
  readonly model: Model
  readonly facts: ChatModelFacts
  readonly folder: LanguageFolder
  readonly worker: TaskRunner
  readonly modelHash: () => Promise<string>
  /** The folder of another model, which drafts. @throws StudioError MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED */
  readonly draftFolder: (modelId: string) => Promise<LanguageFolder>
  readonly calibration: (precision: string) => Calibration | null
  /** Bytes that are free here, and of this model in memory. */
  readonly memory: () => Promise<{ free: number; resident: number }>
}

/** A causal language model: it reads and writes words alone. */
export class TextChatEngine implements ChatEngine {
  readonly model: Model
  readonly facts: ChatModelFacts
  readonly #needs: TextEngineNeeds

  constructor(needs: TextEngineNeeds) {
    this.model = needs.model
    this.facts = needs.facts
    this.#needs = needs
  }

  async plan(turn: EngineTurn): Promise<ChatPlan> {
    const { folder } = this.#needs
    const tokenizer = await tokenizerOf(folder)
    const prompt = { tokenizer, beginToken: folder.beginToken }
    const turns = textTurns(turn)
    const total = chatPrompt(prompt, turns, turn.begun).length
    const read = readMessages(turn)
    const byMessage = turnRows(prompt, read.map(textTurn))
    const messages = read.map(({ id }, index): MessageRows => {
      const rows = byMessage[index] ?? 0
      return { id, text: rows, vit: 0, vae: 0, total: rows }
    })
    const limit = folder.sizes.contextLength
    const { free, resident } = await this.#needs.memory()
    // Keys and values of every layer, in float32.
    const cache = (total + turn.maxTokens) * folder.sizes.layers * 2 * folder.sizes.keyValueWidth * 4
    const weights = folder.bytes
    const available = free + resident
    return {
      pictures: [],
      messages,
      systemRows: total - byMessage.reduce((sum, rows) => sum + rows, 0),
      rows: { text: total, vit: 0, vae: 0, total },
      answerRows: turn.maxTokens,
      limit,
      leaveOut: oldestToLeaveOut(messages, total - limit + Math.min(turn.maxTokens, answerRoom)),
      size: null,
      work: { prefillRows: total, tokens: turn.maxTokens, passes: 0, passRows: 0, pixels: 0 },
      memory: {
        weights,
        cache,
        activations: 0,
        total: weights + cache,
        available,
        fits: weights + cache <= available,
      },
    }
  }

  modelHash(): Promise<string> {
    return this.#needs.modelHash()
  }

  async run(turn: EngineTurn, { onEvent, signal, provider, threads, keep }: EngineRun): Promise<void> {
    const { folder, worker, model, draftFolder } = this.#needs
    const strategy = turn.strategy ?? strategySchema.parse({ name: 'plain' })
    const { draftModel } = strategy
    const input: TextChatInput = {
      modelId: model.id,
      folder,
      precision: turn.precision,
      provider,
      threads,
      turns: textTurns(turn),
      begun: turn.begun,
      strategy,
      draftModels: draftModel === undefined ? {} : { [draftModel]: await draftFolder(draftModel) },
      sampling: turn.sampling,
      maxTokens: turn.maxTokens,
      verify: this.#needs.calibration(turn.precision)?.verify ?? null,
      keep,
    }
    await worker.run<TextChatInput, void, ChatTurnEvent>('text-chat', input, { onEvent, signal })
  }
}

/** Rows that are kept free for an answer when room is made: the answer may come out shorter than its limit. */
const answerRoom = 64

/** The tokenizer that was used last: reading one takes a tenth of a second, and an estimate is asked for at every pause in typing. */
let lastTokenizer: { readonly path: string; readonly tokenizer: Promise<TextTokenizer> } | null = null

function tokenizerOf({ path, name }: LanguageFolder): Promise<TextTokenizer> {
  if (lastTokenizer?.path !== path) {
    const tokenizer = TextTokenizer.load(path, name)
    lastTokenizer = { path, tokenizer }
    // A failed read is tried again next time.
    tokenizer.catch(() => (lastTokenizer = null))
  }
  return lastTokenizer.tokenizer
}

function readMessages({ messages, history }: EngineTurn): readonly TurnMessage[] {
  return history ? messages : messages.slice(-1)
}

function textTurn({ role, parts }: TurnMessage): TextTurn {
  // A model that sees none is told that there was a picture, so that words about it make sense.
  const content = parts.map((part) => (part.type === 'text' ? part.text : '[picture]')).join('\n\n')
  return { role, content }
}

/** The chat as templates take it: neighbours of one speaker become one turn, for many refuse two in a row. */
export function textTurns(turn: EngineTurn): TextTurn[] {
  const turns: TextTurn[] = turn.system === '' ? [] : [{ role: 'system', content: turn.system }]
  for (const next of readMessages(turn).map(textTurn)) {
    const last = turns.at(-1)
    if (last?.role === next.role) {
      turns[turns.length - 1] = { role: last.role, content: `${last.content}\n\n${next.content}` }
    } else turns.push(next)
  }
  return turns
}

/** The oldest messages whose rows come to at least `rows`; the one to answer is never among them. Empty where that is not enough. */
export function oldestToLeaveOut(messages: readonly MessageRows[], rows: number): { id: string; rows: number }[] {
  const chosen: { id: string; rows: number }[] = []
  let freed = 0
  for (const message of messages.slice(0, -1)) {
    if (freed >= rows) break
    chosen.push({ id: message.id, rows: message.total })
    freed += message.total
  }
  return freed >= rows ? chosen : []
}
