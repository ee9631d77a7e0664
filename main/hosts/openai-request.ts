// Requests as OpenAI's chat completions have them (platform.openai.com/docs/api-reference/chat), as far as they mean something here.

import * as z from 'zod'
import type { ChatSettingsInput } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'

const contentPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
])

const messageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(contentPartSchema)]),
})

/** Fields that would change the answer and are not known here must not be passed over in silence. */
const refused = ['tools', 'functions', 'tool_choice', 'response_format', 'logprobs'] as const

export const completionRequestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  seed: z.int().nullish(),
  n: z.literal(1).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
})
export type CompletionRequest = z.output<typeof completionRequestSchema>

export interface SaidMessage {
  readonly role: 'user' | 'assistant'
  readonly text: string
  /** Pictures as `data:` addresses. */
  readonly pictures: readonly string[]
}

/** What a request asks for, in the studio's own words. */
export interface Completion {
  readonly settings: ChatSettingsInput
  readonly before: readonly SaidMessage[]
  readonly last: SaidMessage
  /** The answer ends before the first of these. */
  readonly stop: readonly string[]
}

/** @throws StudioError INVALID_INPUT naming the field */
export function readCompletion(body: unknown): { request: CompletionRequest; completion: Completion } {
  const parsed = completionRequestSchema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(issue?.path.join('.') ?? '', issue?.message ?? 'The request does not have the right form')
  }
  const request = parsed.data
  for (const field of refused) {
    const value = request[field]
    const isSet = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false
    if (isSet) throw invalid(field, `"${field}" is not supported`)
  }
  const said = request.messages.filter(({ role }) => role !== 'system' && role !== 'developer')
  const system = request.messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => textOf(content))
  const last = said.at(-1)
  if (last?.role !== 'user') throw invalid('messages', 'The last message must be the user’s')
  const given = <T>(name: string, value: T | null | undefined): object => (value == null ? {} : { [name]: value })
  const settings: ChatSettingsInput = {
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    ...given('maxTokens', request.max_completion_tokens ?? request.max_tokens),
    ...given('temperature', request.temperature),
    ...given('topP', request.top_p),
    ...given('seed', request.seed),
  }
  const stop = typeof request.stop === 'string' ? [request.stop] : (request.stop ?? [])
  return {
    request,
    completion: { settings, before: said.slice(0, -1).map(saidMessage), last: saidMessage(last), stop },
  }
}

function saidMessage({ role, content }: z.output<typeof messageSchema>): SaidMessage {
  const pictures =
    typeof content === 'string'
      ? []
      : content.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []))
  return { role: role === 'assistant' ? 'assistant' : 'user', text: textOf(content), pictures }
}

function textOf(content: z.output<typeof messageSchema>['content']): string {
  if (typeof content === 'string') return content
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')
}

/** The bytes of a `data:` address. Others are not fetched: the studio talks to nobody. @throws StudioError INVALID_INPUT */
export function pictureFile(url: string): File {
  const match = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(url)
  if (match === null) {
    throw invalid('messages', 'A picture must come in the request, as a data: address in base64')
  }
  return new File([new Uint8Array(Buffer.from(match[2] ?? '', 'base64'))], '', { type: match[1] ?? 'image/png' })
}

function invalid(field: string, message: string): StudioError {
  return new StudioError('INVALID_INPUT', message, { field, remedy: `Change ${field} and send it again.` })
}
