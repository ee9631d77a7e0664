import type { Answer, Message, UserMessage } from '../../contract/chat'
import type { ChatModeChoice, ChatSettings } from '../../contract/chat-settings'
import type { TurnEstimate } from '../../contract/chat-events'
import { activeLeaf, pathTo, textOf } from '../../contract/chat-tree'
import { StudioError } from '../../contract/errors'
import { assetIdSchema, messageIdSchema, type ConversationId, type MessageId, type ModelId } from '../../contract/ids'
import type { Job } from '../../contract/jobs'
import type { AssetStore } from '../storage/assets'
import type { DraftsTable } from '../storage/drafts-table'
import type { MessagesTable } from '../storage/messages-table'
import type { ChatEngine } from './chat-engine'
import { answerOf, questionFor, questionOf, type Said } from './chat-messages'
import { checkFits, prepareTurn, type PreparedTurn, type TurnRequest } from './chat-prepare'
import { turnSeconds } from './chat-seconds'
import { newMessageId, titleOf, type ChatStore } from './chat-store'
import { withChain, withChosen } from './chat-tree-changes'
import { checkSaid, givenThought } from './chat-turn'

export interface ChatTurnsNeeds {
  readonly store: ChatStore
  readonly messages: MessagesTable
  readonly drafts: DraftsTable
  readonly assets: AssetStore
  readonly engine: (modelId: string) => Promise<ChatEngine>
  readonly queue: (
    request: { conversationId: ConversationId; answerId: MessageId; modelId: ModelId },
    title: string,
  ) => Job
  readonly cancel: (jobId: Job['id']) => void
}

/** Everything that is said in conversations, and every answer that is asked for. */
export class ChatTurns {
  readonly #needs: ChatTurnsNeeds

  constructor(needs: ChatTurnsNeeds) {
    this.#needs = needs
  }

  async send(
    conversationId: ConversationId,
    said: Said,
    parentId: MessageId | null | undefined,
  ): Promise<{ message: UserMessage; answer: Answer }> {
    const { store, drafts } = this.#needs
    const detail = store.detail(conversationId)
    const after = parentId === undefined ? (activeLeaf(detail)?.id ?? null) : parentId
    const before = this.#branchTo(detail.messages, after)
    const question = questionOf(conversationId, said)
    const turn = await this.#prepare({ conversation: detail.conversation, before, question, ...said })
    const sent = this.#ask(conversationId, after, question, turn)
    const draft = drafts.get(conversationId)
    if (draft !== null && draft.editing === null) drafts.save(conversationId, null)
    return sent
  }

  /** Says something else in a message's place. */
  async edit(messageId: MessageId, said: Said): Promise<{ message: UserMessage; answer: Answer }> {
    const { conversation, messages, message } = this.#needs.store.around(messageId)
    if (message.role !== 'user') {
      throw new StudioError('INVALID_INPUT', 'An answer is not asked for anew by editing it', {
        field: 'messageId',
        remedy: 'Edit the message that it answers, or rewrite the answer.',
      })
    }
    const question = questionOf(conversation.id, said)
    const before = this.#branchTo(messages, message.parentId)
    const turn = await this.#prepare({ conversation, before, question, ...said })
    return this.#ask(conversation.id, message.parentId, question, turn)
  }

  async regenerate(
    messageId: MessageId,
    change: { mode?: ChatModeChoice | undefined; modelId?: ModelId | undefined; settings: ChatSettings },
  ): Promise<Answer> {
    const { conversation, messages, message } = this.#needs.store.around(messageId)
    const question = questionFor(messages, message)
    const mode = change.mode ?? (message.role === 'assistant' ? message.decision.asked : message.asked)
    const before = this.#branchTo(messages, question.parentId)
    const turn = await this.#prepare({ conversation, before, question, ...change, mode })
    return this.#answer(conversation.id, question, turn, [])
  }

  async rethink(messageId: MessageId, think: string, settings: ChatSettings): Promise<Answer> {
    const { store } = this.#needs
    const earlier = store.answer(messageId)
    const { conversation, messages } = store.around(messageId)
    const question = questionFor(messages, earlier)
    const { mode } = earlier.decision
    const request = {
      conversation,
      before: this.#branchTo(messages, question.parentId),
      question,
      modelId: earlier.modelId,
    }
    const turn = await this.#prepare({ ...request, mode, settings, thought: think })
    if (!turn.engine.facts.canThink) {
      throw new StudioError('MODEL_UNSUPPORTED', `${turn.engine.model.name} does not think before it answers`, {
        field: 'messageId',
        remedy: 'Choose a model of the BAGEL family.',
      })
    }
    return this.#answer(conversation.id, question, turn, [
      { type: 'think', text: think, closed: true, tokens: 0, milliseconds: 0, edited: true },
    ])
  }

  async continue(messageId: MessageId): Promise<Answer> {
    const { store } = this.#needs
    const earlier = store.answer(messageId)
    const { conversation, messages } = store.around(messageId)
    const question = questionFor(messages, earlier)
    const begun = textOf(earlier)
    const { parameters, modelId, decision } = earlier
    const request = { conversation, before: this.#branchTo(messages, question.parentId), question, settings: {} }
    const engine = await this.#needs.engine(modelId)
    if (!engine.facts.canContinue || begun === '' || decision.mode !== 'read') {
      throw new StudioError('INVALID_INPUT', 'This answer cannot be gone on with', {
        field: 'messageId',
        remedy: 'Ask for another answer instead.',
      })
    }
    const thoughts = earlier.parts.filter(({ type }) => type === 'think')
    const thought = givenThought(earlier)
    const given = thought === null ? {} : { thought }
    const turn = await this.#prepare({ ...request, ...given, mode: decision.mode, modelId, parameters, begun })
    return this.#answer(conversation.id, question, turn, [...thoughts, { type: 'text', text: begun }])
  }

  /** Puts other words in an answer's place; nothing is computed. */
  rewrite(messageId: MessageId, text: string): Answer {
    const { store } = this.#needs
    const earlier = store.answer(messageId)
    const answer: Answer = {
      ...earlier,
      id: newMessageId(),
      createdAt: Date.now(),
      parts: [...earlier.parts.filter(({ type }) => type !== 'text'), { type: 'text', text }],
      status: 'complete',
      failure: null,
      jobId: null,
      statistics: null,
      leftOut: false,
      edited: true,
    }
    store.say(withChain(store.detail(earlier.conversationId), earlier.parentId, [answer]))
    return store.answer(answer.id)
  }

  stop(messageId: MessageId): Message {
    const { store } = this.#needs
    const { status, jobId } = store.answer(messageId)
    if ((status === 'waiting' || status === 'running') && jobId !== null) this.#needs.cancel(jobId)
    return store.answer(messageId)
  }

  choose(messageId: MessageId) {
    const { store } = this.#needs
    const around = store.around(messageId)
    store.rearrange(withChosen(around, messageId))
    return store.detail(around.conversation.id)
  }

  leaveOut(messageIds: readonly MessageId[], leftOut: boolean): Message[] {
    const { store, messages } = this.#needs
    return messageIds.map((id) => store.patch(messages.get(id), { leftOut }))
  }

  async estimate(
    said: Said & {
      conversationId: ConversationId | null
      parentId?: MessageId | null | undefined
      modelId?: ModelId | undefined
    },
  ): Promise<TurnEstimate> {
    const { conversationId, parentId, ...rest } = said
    const detail = conversationId === null ? null : this.#needs.store.detail(conversationId)
    const conversation = detail?.conversation ?? { modelId: null, settings: {} }
    const after = parentId !== undefined || detail === null ? (parentId ?? null) : (activeLeaf(detail)?.id ?? null)
    const before = pathTo(detail?.messages ?? [], after)
    // A message that is not typed yet counts as one of a single character.
    const isBlank = said.text.trim() === '' && said.attachments.length === 0
    const question = questionOf(conversationId, isBlank ? { ...said, text: '…' } : said)
    const { engine, decision, parameters, plan } = await prepareTurn(
      { ...rest, conversation, before, question },
      this.#needs,
    )
    const measured = this.#needs.messages
      .latestAnswers(engine.model.id)
      .filter((answer) => answer.parameters.precision === parameters.precision)
    const { text, vit, vae, total } = plan.rows
    const { weights, cache, total: bytes, available, fits } = plan.memory
    return {
      decision,
      pictures: plan.pictures.map(({ id, seen, encoded }) => ({ assetId: assetIdSchema.parse(id), seen, encoded })),
      rows: { text, vit, vae, answer: plan.answerRows, total, limit: plan.limit },
      leaveOut: plan.leaveOut.map(({ id, rows }) => ({ messageId: messageIdSchema.parse(id), rows })),
      memory: { weights, cache, total: bytes, available, fits },
      seconds: turnSeconds(plan.work, measured) ?? plan.roughSeconds ?? null,
    }
  }

  async #prepare(request: TurnRequest): Promise<PreparedTurn> {
    const turn = await prepareTurn(request, this.#needs)
    const attachments = request.question.parts.filter(({ type }) => type === 'picture')
    checkSaid({ text: textOf(request.question), attachments }, turn.decision.mode)
    checkFits(turn)
    return turn
  }

  /** The branch that a new message follows. @throws StudioError MESSAGE_NOT_FOUND, JOB_STATE while its last answer is written */
  #branchTo(messages: readonly Message[], messageId: MessageId | null): Message[] {
    const path = pathTo(messages, messageId)
    const last = path.at(-1)
    if (messageId !== null && last === undefined) this.#needs.messages.get(messageId)
    if (last?.role === 'assistant' && (last.status === 'waiting' || last.status === 'running')) {
      throw new StudioError('JOB_STATE', 'The answer before is still being written', {
        field: 'parentId',
        remedy: 'Wait until it is done, or stop it.',
      })
    }
    return path
  }

  #ask(
    conversationId: ConversationId,
    parentId: MessageId | null,
    question: UserMessage,
    turn: PreparedTurn,
  ): { message: UserMessage; answer: Answer } {
    const { store } = this.#needs
    const answer = answerOf(question, turn, [])
    // Read again: something else may have been said while the turn was prepared.
    store.say(withChain(store.detail(conversationId), parentId, [question, answer]))
    this.#queue(question, answer)
    return { message: this.#needs.messages.get(question.id) as UserMessage, answer: store.answer(answer.id) }
  }

  #answer(conversationId: ConversationId, question: UserMessage, turn: PreparedTurn, parts: Answer['parts']): Answer {
    const { store } = this.#needs
    const answer = answerOf(question, turn, parts)
    store.say(withChain(store.detail(conversationId), question.id, [answer]))
    this.#queue(question, answer)
    return store.answer(answer.id)
  }

  #queue(question: UserMessage, answer: Answer): void {
    const { store } = this.#needs
    const { id: answerId, conversationId, modelId } = answer
    const job = this.#needs.queue({ conversationId, answerId, modelId }, titleOf(question))
    // A queue that stood still has begun it already, and written this itself.
    if (store.answer(answerId).jobId === null) store.patch(answer, { jobId: job.id })
  }
}
