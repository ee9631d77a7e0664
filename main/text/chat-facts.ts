import type { ChatModelFacts } from '../../contract/chat-models'
import { languageModelFacts } from './language-facts'
import type { LanguageFolder } from './language-folder'

/** Most tokens of an answer where nobody asks for another number. */
const usualAnswer = 512

/** What can be said with a text-only model, in the contract's words. */
export function textChatFacts(folder: LanguageFolder): ChatModelFacts {
  const { contextLength, precisions, defaultPrecision, strategies } = languageModelFacts(folder)
  return {
    modes: ['read'],
    seesPictures: false,
    maxPictures: 0,
    canThink: false,
    canContinue: true,
    contextLength,
    precisions,
    defaultPrecision,
    strategies,
    defaults: {
      read: {
        // A short context must have room for the conversation too.
        maxTokens: Math.min(usualAnswer, Math.ceil(contextLength / 4)),
        thinkTokens: 0,
        temperature: 0,
        drawing: null,
      },
    },
    sizes: [],
    maxSide: 0,
    prompts: [...folder.prompts],
  }
}
