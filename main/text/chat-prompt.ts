import type { ChatTurn } from './chat-template'
import type { TextTokenizer } from './text-tokenizer'

/** Turns of a chat with a model that has no chat template: who speaks stands before what is said. */
const speakers = { system: '', user: 'User: ', assistant: 'Assistant: ' } as const

/** Where the answer of such a model ends, besides its own end tokens: it would go on and speak for the person. */
export const transcriptStops = ['\nUser:'] as const

export interface ChatPromptModel {
  readonly tokenizer: Pick<TextTokenizer, 'template' | 'encode' | 'encodePart' | 'encodeChat'>
  readonly beginToken: number | null
}

/**
 * Token ids of a chat up to the answer that is to come, by the model's chat template, or as a transcript where it has none.
 * @param begun words with which the answer begins already
 * @throws StudioError MODEL_UNSUPPORTED where the template does not take these turns
 */
export function chatPrompt(
  { tokenizer, beginToken }: ChatPromptModel,
  turns: readonly ChatTurn[],
  begun = '',
): number[] {
  const start = begun === '' ? [] : tokenizer.encodePart(begun)
  if (tokenizer.template !== null) return [...tokenizer.encodeChat(turns), ...start]
  const lines = turns.map(({ role, content }) => `${speakers[role]}${content}\n`)
  const ids = tokenizer.encode(`${lines.join('')}${speakers.assistant.trimEnd()}`)
  return [...(beginToken === null || ids[0] === beginToken ? ids : [beginToken, ...ids]), ...start]
}

/**
 * Rows that each turn takes: the tokens of its words and of what the template puts around them. What the template adds at the
 * ends is the rest of the whole.
 */
export function turnRows(model: ChatPromptModel, turns: readonly ChatTurn[]): number[] {
  const { tokenizer } = model
  const around = tokenizer.template === null ? 3 : framing(model)
  return turns.map(({ content }) => tokenizer.encodePart(content).length + around)
}

/** What a turn adds besides its words: what a second pair of turns adds to a first. */
function framing({ tokenizer }: ChatPromptModel): number {
  const pair: ChatTurn[] = [
    { role: 'user', content: '' },
    { role: 'assistant', content: '' },
  ]
  try {
    return Math.ceil((tokenizer.encodeChat([...pair, ...pair]).length - tokenizer.encodeChat(pair).length) / 2)
  } catch {
    // A template that refuses empty turns: most put about this many around.
    return 5
  }
}
