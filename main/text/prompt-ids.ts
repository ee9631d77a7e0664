import { StudioError } from '../../contract/errors'
import type { ChatTurn } from './chat-template'
import type { LanguageModel } from './language-model'

export interface PromptRequest {
  readonly prompt: string
  /** Left out of the chat where empty. */
  readonly system?: string
  /** Continue the prompt as it stands, without the chat template. */
  readonly raw?: boolean
  /** Most tokens to write after it. */
  readonly maxTokens: number
}

type PromptModel = Pick<LanguageModel, 'tokenizer' | 'beginToken' | 'sizes'>

/**
 * Token ids of a prompt, by the model's chat template or as it stands.
 * @throws StudioError INVALID_INPUT where there is nothing to read or prompt and answer do not fit the model's context,
 *   MODEL_UNSUPPORTED where the template does not take it
 */
export function promptIds(model: PromptModel, request: PromptRequest): number[] {
  const { prompt, system = '', raw = false } = request
  const turns: ChatTurn[] = [
    ...(system === '' ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: prompt },
  ]
  const ids = prompt === '' ? [] : raw ? rawIds(model, prompt) : model.tokenizer.encodeChat(turns)
  if (ids.length === 0) {
    throw new StudioError('INVALID_INPUT', 'The prompt is empty', { field: 'prompt', remedy: 'Write a prompt.' })
  }
  checkLength(ids.length, request.maxTokens, model.sizes.contextLength)
  return ids
}

function rawIds({ tokenizer, beginToken }: PromptModel, prompt: string): number[] {
  const ids = tokenizer.encode(prompt)
  return beginToken === null || ids[0] === beginToken ? ids : [beginToken, ...ids]
}

function checkLength(promptTokens: number, maxTokens: number, contextLength: number): void {
  const left = contextLength - promptTokens
  if (left >= maxTokens) return
  if (left >= 1) {
    throw new StudioError(
      'INVALID_INPUT',
      `The prompt has ${promptTokens} tokens and the model reads ${contextLength}: there is room for ${left} more, not ${maxTokens}`,
      { field: 'maxTokens', remedy: `Ask for at most ${left} tokens, or shorten the prompt.` },
    )
  }
  throw new StudioError(
    'INVALID_INPUT',
    `The prompt has ${promptTokens} tokens, and the model reads at most ${contextLength} with its answer`,
    { field: 'prompt', remedy: `Shorten the prompt by ${promptTokens + 1 - contextLength} tokens or more.` },
  )
}
