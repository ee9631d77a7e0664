import type { Answer, Attachment, Conversation } from '../../../contract/chat'
import { applyChatEvent } from '../../../contract/chat-apply'
import type { ChatModeChoice, ChatSettingsInput } from '../../../contract/chat-settings'
import { StudioError } from '../../../contract/errors'
import { conversationIdSchema, modelIdSchema } from '../../../contract/ids'
import type { Studio } from '../studio'
import type { ChatOutput } from './chat-output'
import { readFileOption } from './read-file'

/** One conversation at the command line: says things in it and shows the answers. */
export class ChatSession {
  readonly #studio: Studio
  readonly #output: ChatOutput
  #conversation: Conversation
  #answer: Answer | null = null
  #stopping = false

  private constructor(studio: Studio, output: ChatOutput, conversation: Conversation) {
    this.#studio = studio
    this.#output = output
    this.#conversation = conversation
  }

  /** Begins a conversation, or goes on with the one of this id. */
  static async open(
    studio: Studio,
    output: ChatOutput,
    start: { modelId: string; settings: ChatSettingsInput; temporary: boolean; continue?: string | undefined },
  ): Promise<ChatSession> {
    const modelId = modelIdSchema.parse(start.modelId)
    const { settings, temporary } = start
    if (start.continue === undefined) {
      return new ChatSession(studio, output, await studio.client.chat.create({ modelId, settings, temporary }))
    }
    const parsed = conversationIdSchema.safeParse(start.continue)
    if (!parsed.success) throw new StudioError('INVALID_INPUT', 'This is no conversation’s id', { field: 'continue' })
    const { conversation } = await studio.client.chat.get({ conversationId: parsed.data })
    const merged = { ...conversation.settings, ...settings }
    const update = { conversationId: conversation.id, modelId, settings: merged }
    return new ChatSession(studio, output, await studio.client.chat.update(update))
  }

  get id(): string {
    return this.#conversation.id
  }

  async attach(path: string): Promise<Attachment> {
    return this.#studio.client.chat.attach({ file: await readFileOption('image', path) })
  }

  async update(change: { modelId?: string; settings?: ChatSettingsInput }): Promise<void> {
    const { modelId, settings } = change
    this.#conversation = await this.#studio.client.chat.update({
      conversationId: this.#conversation.id,
      ...(modelId === undefined ? {} : { modelId: modelIdSchema.parse(modelId) }),
      ...(settings === undefined ? {} : { settings: { ...this.#conversation.settings, ...settings } }),
    })
  }

  async say(text: string, attachments: readonly Attachment[], mode: ChatModeChoice): Promise<Answer> {
    const conversationId = this.#conversation.id
    const sent = { conversationId, text, attachments: [...attachments], mode }
    return this.#show(async () => (await this.#studio.client.chat.send(sent)).answer)
  }

  /** Another answer to what was said last. */
  async again(): Promise<Answer> {
    const last = this.#answer
    if (last === null) {
      throw new StudioError('INVALID_INPUT', 'Nothing was answered yet', { remedy: 'Say something first.' })
    }
    return this.#show(() => this.#studio.client.chat.regenerate({ messageId: last.id, settings: {} }))
  }

  /** Stops the answer in hand; what there is of it is kept. @returns false where nothing is being answered */
  stop(): boolean {
    if (this.#answer === null || this.#isOver(this.#answer)) {
      this.#stopping = true
      return false
    }
    void this.#studio.client.chat.stop({ messageId: this.#answer.id })
    return true
  }

  async #show(ask: () => Promise<Answer>): Promise<Answer> {
    const { client } = this.#studio
    const abort = new AbortController()
    this.#stopping = false
    const follow = await client.chat.follow({ conversationId: this.#conversation.id }, { signal: abort.signal })
    try {
      const asked = await ask()
      this.#answer = asked
      this.#output.begin(asked)
      // Ctrl-C before there was an answer to stop.
      if (this.#stopping) this.stop()
      let detail = null
      for await (const event of follow) {
        detail = applyChatEvent(detail, event)
        const answer = detail?.messages.find(({ id }) => id === asked.id)
        if (answer?.role !== 'assistant') continue
        this.#answer = answer
        this.#output.take(event, answer)
        if (this.#isOver(answer)) {
          await this.#output.end(answer)
          return answer
        }
      }
      throw new Error('The conversation ended before the answer')
    } finally {
      abort.abort()
    }
  }

  #isOver({ status }: Answer): boolean {
    return status !== 'waiting' && status !== 'running'
  }
}
