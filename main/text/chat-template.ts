// Chat templates: Jinja programs that come with a model and write turns as the text it was trained on.

import path from 'node:path'
import { Template } from '@huggingface/jinja'
import * as z from 'zod'
import { StudioError } from '../../contract/errors'
import { readOptionalJson, readOptionalText } from './model-files'

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** Text of a special token: plain, or an object as older files have it. */
const tokenText = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish()

const configSchema = z.looseObject({
  /** One template, or several by name, of which "default" is for chats. */
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
  bos_token: tokenText,
  eos_token: tokenText,
  unk_token: tokenText,
  pad_token: tokenText,
})

/** A model's chat template, with the special tokens that templates call by name. */
export interface ChatTemplate {
  readonly source: string
  readonly tokens: Readonly<Record<string, string>>
}

/**
 * The chat template of a folder: `chat_template.jinja`, or the one in `tokenizer_config.json`; null where there is none.
 * @throws StudioError MODEL_BROKEN where a file cannot be read
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate | null> {
  const config = await readOptionalJson(path.join(folder, 'tokenizer_config.json'), configSchema)
  const inConfig = config?.chat_template
  const source =
    (await readOptionalText(path.join(folder, 'chat_template.jinja'))) ??
    (typeof inConfig === 'string' ? inConfig : inConfig?.find(({ name }) => name === 'default')?.template)
  if (source === undefined) return null
  const { bos_token, eos_token, unk_token, pad_token } = config ?? {}
  const named = Object.entries({ bos_token, eos_token, unk_token, pad_token })
  return {
    source,
    tokens: Object.fromEntries(named.map(([name, text]): [string, string] => [name, text ?? ''])),
  }
}

/**
 * Writes turns as the model's template wants them, ready for its answer.
 * @throws StudioError MODEL_UNSUPPORTED with what the template says, such as that it takes no system turn
 */
export function renderChat({ source, tokens }: ChatTemplate, turns: readonly ChatTurn[]): string {
  try {
    // Fresh objects each time: a template may write to what it is given.
    const messages = turns.map(({ role, content }) => ({ role, content }))
    return new Template(source).render({ ...tokens, messages, add_generation_prompt: true })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StudioError(
      'MODEL_UNSUPPORTED',
      `The model's chat template cannot write this chat: ${why}`,
      { remedy: 'Leave the system prompt empty, or turn the chat template off and write the whole prompt.' },
      { cause },
    )
  }
}
