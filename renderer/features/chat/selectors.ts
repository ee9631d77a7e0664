import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Answer, Conversation, ConversationDetail, Message } from '../../../contract/chat'
import type { ChatModelFacts } from '../../../contract/chat-models'
import type { ChatMode, ChatSettings, Drawing } from '../../../contract/chat-settings'
import { activePath } from '../../../contract/chat-tree'
import type { ModelId } from '../../../contract/ids'
import type { Model } from '../../../contract/models'
import { useChat } from './context'
import type { ChatFeature } from './feature'

export interface ChatModel extends Model {
  readonly chat: ChatModelFacts
}

export function chatModels(models: readonly Model[]): readonly ChatModel[] {
  return models.filter((model): model is ChatModel => model.chat !== undefined)
}

/** Who answers next: the conversation's own model, else the one talked to last, else the first that sees pictures, else any. */
export function modelFor(models: readonly Model[], wanted: ModelId | null): ChatModel | null {
  const able = chatModels(models).filter(({ state }) => state.kind === 'ready')
  if (wanted !== null) return able.find(({ id }) => id === wanted) ?? null
  return able.find(({ chat }) => chat.seesPictures) ?? able[0] ?? null
}

/** The id of the model that was chosen; null where none was, or where the one for new conversations is gone. */
export function wantedModel(feature: Pick<ChatFeature, 'studio' | 'open' | 'view'>): ModelId | null {
  const ofConversation = feature.open.store.getState().detail?.conversation.modelId ?? null
  if (ofConversation !== null) return ofConversation
  const { newModelId } = feature.view.getState()
  const models = chatModels(feature.studio.models.getState().models)
  return models.some(({ id, state }) => id === newModelId && state.kind === 'ready') ? newModelId : null
}

export function currentModel(feature: Pick<ChatFeature, 'studio' | 'open' | 'view'>): ChatModel | null {
  return modelFor(feature.studio.models.getState().models, wantedModel(feature))
}

export function useModel(): ChatModel | null {
  const feature = useChat()
  const models = useStore(feature.studio.models, (state) => state.models)
  useStore(feature.open.store, (state) => state.detail?.conversation.modelId ?? null)
  useStore(feature.view, (state) => state.newModelId)
  return modelFor(models, wantedModel(feature))
}

export function useConversation(): Conversation | null {
  return useStore(useChat().open.store, (state) => state.detail?.conversation ?? null)
}

export function useSettings(): ChatSettings {
  const { open, view } = useChat()
  const ofConversation = useStore(open.store, (state) => state.detail?.conversation.settings)
  const ofNew = useStore(view, (state) => state.newSettings)
  return ofConversation ?? ofNew
}

/** The branch that is shown. */
export function usePath(): readonly Message[] {
  const detail = useStore(useChat().open.store, (state) => state.detail)
  return useMemo(() => (detail === null ? [] : activePath(detail)), [detail])
}

export function isAnswering(message: Message | null | undefined): boolean {
  return message?.role === 'assistant' && (message.status === 'waiting' || message.status === 'running')
}

/** The answer in the making on the branch that is shown; null where there is none. */
export function answerInHand(detail: ConversationDetail | null): Answer | null {
  const last = detail === null ? null : activePath(detail).at(-1)
  return last?.role === 'assistant' && isAnswering(last) ? last : null
}

/** How a picture would be drawn: the model's own defaults for the mode, with what was set over them. */
export function drawingFor(model: ChatModel | null, mode: ChatMode, settings: ChatSettings): Drawing | null {
  const defaults = model?.chat.defaults[mode]?.drawing ?? null
  return defaults === null ? null : { ...defaults, ...(settings.drawing as Partial<Required<Drawing>>) }
}
