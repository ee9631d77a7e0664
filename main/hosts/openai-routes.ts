import { ORPCError } from '@orpc/server'
import { Hono, type Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer, Attachment, Conversation } from '../../contract/chat'
import { applyChatEvent } from '../../contract/chat-apply'
import { errorStatus, fromFailure, StudioError, toFailure, type ErrorCode, type ErrorData } from '../../contract/errors'
import { modelIdSchema } from '../../contract/ids'
import { sniffMediaType } from '../storage/media-type'
import { StopStrings } from '../text/stop-strings'
import { pictureFile, readCompletion, type Completion, type SaidMessage } from './openai-request'
import type { Studio } from './studio'

/**
 * Chat as programs that speak OpenAI's API expect it: `/models` and `/chat/completions`, with and without streaming. Pictures come in
 * as `data:` addresses; those that were drawn go out in `images` beside the text, as OpenRouter has it.
 */
export function openAiRoutes(studio: Studio): Hono {
  const routes = new Hono()
  routes.get('/models', async (context) => {
    const models = (await studio.client.models.list()).filter(
      ({ chat, state }) => chat !== undefined && state.kind === 'ready',
    )
    return context.json({
      object: 'list',
      data: models.map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'atelier' })),
    })
  })
  routes.post('/chat/completions', async (context) => {
    try {
      const body = (await context.req.json().catch(() => null)) as unknown
      const { request, completion } = readCompletion(body)
      const turn = await CompletionTurn.begin(studio, request.model, completion)
      // A client that goes away stops the answer.
      context.req.raw.signal.addEventListener('abort', () => turn.stop())
      if (request.stream === true) return streamed(context, turn, request.stream_options?.include_usage === true)
      const answer = await turn.run(() => undefined)
      const message = { role: 'assistant', content: turn.text, ...(await extras(studio, answer)) }
      return context.json({
        ...turn.envelope('chat.completion'),
        choices: [{ index: 0, message, finish_reason: turn.finishReason }],
        usage: usage(answer),
      })
    } catch (error) {
      return refusal(context, error)
    }
  })

  function streamed(context: Context, turn: CompletionTurn, withUsage: boolean): Response {
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => turn.stop())
      const chunk = (delta: object, finish: string | null = null): Promise<void> =>
        stream.writeSSE({
          data: JSON.stringify({
            ...turn.envelope('chat.completion.chunk'),
            choices: [{ index: 0, delta, finish_reason: finish }],
          }),
        })
      await chunk({ role: 'assistant', content: '' })
      try {
        const answer = await turn.run((kind, text) =>
          chunk(kind === 'text' ? { content: text } : { reasoning_content: text }),
        )
        const drawn = await images(studio, answer)
        if (drawn.length > 0) await chunk({ images: drawn })
        await chunk({}, turn.finishReason)
        if (withUsage) {
          const last = { ...turn.envelope('chat.completion.chunk'), choices: [], usage: usage(answer) }
          await stream.writeSSE({ data: JSON.stringify(last) })
        }
      } catch (error) {
        await stream.writeSSE({ data: JSON.stringify(errorBody(error).body) })
      }
      await stream.writeSSE({ data: '[DONE]' })
    })
  }
  return routes
}

/** One answer to a request: in a conversation of its own, which is gone when the answer is given. */
class CompletionTurn {
  readonly #studio: Studio
  readonly #conversation: Conversation
  readonly #created = Math.floor(Date.now() / 1000)
  readonly #stop: readonly string[]
  #answer: Answer
  #text = ''

  private constructor(studio: Studio, conversation: Conversation, answer: Answer, stop: readonly string[]) {
    this.#studio = studio
    this.#conversation = conversation
    this.#answer = answer
    this.#stop = stop
  }

  static async begin(studio: Studio, model: string, completion: Completion): Promise<CompletionTurn> {
    const { before, last, settings, stop } = completion
    const { chat } = studio.client
    const attached = async ({ pictures }: SaidMessage): Promise<Attachment[]> =>
      Promise.all(pictures.map((url) => chat.attach({ file: pictureFile(url) })))
    const messages = await Promise.all(
      before.map(async (said) => ({ role: said.role, text: said.text, attachments: await attached(said) })),
    )
    const attachments = await attached(last)
    const modelId = modelIdSchema.parse(model)
    const conversation = await chat.create({ modelId, temporary: true, settings, messages })
    const sent = await chat.send({ conversationId: conversation.id, text: last.text, attachments })
    return new CompletionTurn(studio, conversation, sent.answer, stop)
  }

  /** The answer's words, up to where it was to stop. */
  get text(): string {
    return this.#text
  }

  get finishReason(): 'stop' | 'length' {
    const isStopped = this.#text.length < textIn(this.#answer, 'text').length
    return isCutShort(this.#answer) && !isStopped ? 'length' : 'stop'
  }

  envelope(object: string): object {
    return { id: `chatcmpl-${this.#answer.id}`, object, created: this.#created, model: this.#answer.modelId }
  }

  stop(): void {
    this.#studio.client.chat.stop({ messageId: this.#answer.id }).catch(() => undefined)
  }

  /** Follows the answer to its end. @throws StudioError what it failed by */
  async run(say: (kind: 'text' | 'think', text: string) => void | Promise<void>): Promise<Answer> {
    const { chat } = this.#studio.client
    const conversationId = this.#conversation.id
    const abort = new AbortController()
    const stops = new StopStrings(this.#stop)
    let [thought, read, isStopped] = [0, 0, false]
    let detail = null
    try {
      for await (const event of await chat.follow({ conversationId }, { signal: abort.signal })) {
        detail = applyChatEvent(detail, event)
        const answer = detail?.messages.find(({ id }) => id === this.#answer.id)
        if (answer?.role !== 'assistant') continue
        this.#answer = answer
        const isOver = answer.status !== 'waiting' && answer.status !== 'running'
        const thinking = textIn(answer, 'think')
        if (thinking.length > thought) await say('think', thinking.slice(thought))
        thought = thinking.length
        const text = textIn(answer, 'text')
        if (!isStopped) {
          const watched = stops.push(text.slice(read))
          isStopped = watched.stopped
          const fresh = isOver && !isStopped ? watched.text + stops.flush() : watched.text
          this.#text += fresh
          if (fresh !== '') await say('text', fresh)
          // What is written after it is of no use; the answer's end, which follows soon, says what it took.
          if (isStopped && !isOver) this.stop()
        }
        read = text.length
        if (answer.failure !== null) throw fromFailure(answer.failure)
        if (isOver) return answer
      }
      throw new StudioError('CANCELLED', 'The answer was stopped')
    } finally {
      abort.abort()
      await chat.remove({ conversationIds: [conversationId] })
    }
  }
}

function textIn({ parts }: Answer, kind: 'text' | 'think'): string {
  return parts.flatMap((part) => (part.type === kind ? [part.text] : [])).join('')
}

async function extras(studio: Studio, answer: Answer): Promise<object> {
  const thought = textIn(answer, 'think')
  const drawn = await images(studio, answer)
  return {
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(drawn.length === 0 ? {} : { images: drawn }),
  }
}

async function images(studio: Studio, { parts }: Answer): Promise<object[]> {
  const ids = parts.flatMap((part) => (part.type === 'drawn' && part.assetId !== null ? [part.assetId] : []))
  return Promise.all(
    ids.map(async (id) => {
      const bytes = await readFile(join(studio.folders.assets, id.slice(0, 2), id))
      const url = `data:${sniffMediaType(bytes) ?? 'image/png'};base64,${bytes.toString('base64')}`
      return { type: 'image_url', image_url: { url } }
    }),
  )
}

function isCutShort({ statistics }: Answer): boolean {
  const answer = statistics?.phases.find((phase) => phase.phase === 'answer')
  return answer?.phase === 'answer' && (answer.finishReason === 'length' || answer.finishReason === 'context')
}

function usage({ statistics }: Answer): object {
  let prompt = 0
  let completion = 0
  for (const phase of statistics?.phases ?? []) {
    // The last row of a prompt is read with the first token.
    if (phase.phase === 'prefill') prompt += phase.rows + phase.reusedRows + 1
    if (phase.phase === 'answer' || phase.phase === 'think') completion += phase.tokens
  }
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

/** Errors as OpenAI's API has them, with the studio's own code. */
function errorBody(error: unknown): { status: number; body: object } {
  const { code, message, field, remedy } =
    error instanceof ORPCError
      ? { ...(error.data as ErrorData), code: error.code as ErrorCode, message: error.message }
      : toFailure(error)
  const status = errorStatus[code]
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  const said = remedy === undefined ? message : `${message}. ${remedy}`
  return { status, body: { error: { message: said, type, param: field ?? null, code } } }
}

function refusal(context: Context, error: unknown): Response {
  const { status, body } = errorBody(error)
  return context.json(body, status as 400)
}
