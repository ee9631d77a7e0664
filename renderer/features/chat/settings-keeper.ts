import type { ChatSettings, Drawing } from '../../../contract/chat-settings'
import type { ConversationId, ModelId } from '../../../contract/ids'
import type { Studio } from '../../studio/studio'
import type { OpenConversation } from './open-conversation'
import type { ChatViewStore } from './view-store'

type Patch = { readonly [Key in keyof ChatSettings]?: ChatSettings[Key] | undefined }
export type DrawingPatch = { readonly [Key in keyof Drawing]?: Drawing[Key] | undefined }

/** Who answers and how: of the open conversation, or of the next new one. A change shows at once and is saved a moment later. */
export interface SettingsKeeper {
  current(): ChatSettings
  /** What is undefined goes back to the model's own default. */
  change(patch: Patch): void
  changeDrawing(patch: DrawingPatch): void
  replace(settings: ChatSettings): void
  chooseModel(modelId: ModelId): void
  /** Sends at once what waits to be sent: a turn must not overtake its settings. */
  flush(): Promise<void>
}

const wait = 250

export function createSettingsKeeper(studio: Studio, view: ChatViewStore, open: OpenConversation): SettingsKeeper {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: { id: ConversationId; settings?: ChatSettings; modelId?: ModelId } | null = null
  let sending: Promise<void> = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    const change = waiting
    waiting = null
    if (change === null) return sending
    const { id, ...patch } = change
    sending = sending.then(async () => {
      try {
        await studio.client.chat.update({ conversationId: id, ...patch })
      } catch (error) {
        studio.report('Saving the settings of a conversation', error)
      }
    })
    return sending
  }

  function put(patch: { settings?: ChatSettings; modelId?: ModelId }): void {
    const { conversationId, detail } = open.store.getState()
    if (conversationId === null || detail === null) {
      view.setState({
        ...(patch.settings === undefined ? {} : { newSettings: patch.settings }),
        ...(patch.modelId === undefined ? {} : { newModelId: patch.modelId }),
      })
      return
    }
    if (waiting !== null && waiting.id !== conversationId) void flush()
    waiting = { ...waiting, id: conversationId, ...patch }
    open.store.setState({ detail: { ...detail, conversation: { ...detail.conversation, ...patch } } })
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), wait)
  }

  const keeper: SettingsKeeper = {
    current: () => open.store.getState().detail?.conversation.settings ?? view.getState().newSettings,
    change: (patch) => put({ settings: withoutAbsent({ ...keeper.current(), ...patch }) }),
    changeDrawing(patch) {
      const drawing = withoutAbsent({ ...keeper.current().drawing, ...patch })
      keeper.change({ drawing: Object.keys(drawing).length === 0 ? undefined : drawing })
    },
    replace: (settings) => put({ settings }),
    chooseModel(modelId) {
      // Precisions and ways of drafting are each model's own.
      const settings = withoutAbsent({ ...keeper.current(), precision: undefined, strategy: undefined })
      put({ modelId, settings })
      // The next new conversation begins with whom one talked to last.
      view.setState({ newModelId: modelId })
    },
    flush,
  }
  return keeper
}

/** As the contract has it: what is not set is not there. */
function withoutAbsent<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>
  }
}
