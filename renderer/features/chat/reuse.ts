import type { Answer } from '../../../contract/chat'
import type { ChatSettings } from '../../../contract/chat-settings'

/** The settings that give an answer's parameters again, whatever the model's own defaults are. */
export function settingsOf({ parameters }: Pick<Answer, 'parameters'>): ChatSettings {
  const { system, think, maxTokens, thinkTokens, sampling, strategy, precision, drawing, history } = parameters
  return {
    ...(system === '' ? {} : { system }),
    think,
    maxTokens,
    thinkTokens,
    temperature: sampling.temperature,
    topK: sampling.topK,
    topP: sampling.topP,
    minP: sampling.minP,
    repetitionPenalty: sampling.repetitionPenalty,
    seed: sampling.seed,
    precision,
    history,
    ...(strategy === null ? {} : { strategy }),
    ...(drawing === null ? {} : { drawing }),
  }
}
