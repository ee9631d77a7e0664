import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Attachment, ChatDraft, UserMessage } from '../../../../contract/chat'
import type { ChatModeChoice } from '../../../../contract/chat-settings'
import { textOf } from '../../../../contract/chat-tree'
import type { Failure } from '../../../../contract/errors'
import type { ConversationId } from '../../../../contract/ids'
import type { Drafts } from '../drafts'

/** A picture on its way in, or one that was refused. */
export interface PendingPicture {
  readonly key: number
  readonly name: string
  /** To look at while it is read; null where it is no file. */
  readonly url: string | null
  readonly failure: Failure | null
}

export interface ComposerState {
  readonly conversationId: ConversationId | null
  readonly draft: ChatDraft
  /** Whether what was typed before has been brought back. */
  readonly isLoaded: boolean
  readonly pending: readonly PendingPicture[]
  readonly isSending: boolean
  /** Whether it is sent as soon as the pictures are read. */
  readonly isToBeSent: boolean
  /** Why it could not be sent. */
  readonly failure: Failure | null
  /** What stood here before a message was taken up to be edited. */
  readonly aside: ChatDraft | null
  /** What the switch goes back to after this turn; null where it stays. */
  readonly modeAfter: ChatModeChoice | null
  /** Rises each time the focus is wanted. */
  readonly focusTurn: number
}

export interface Composer {
  readonly store: StoreApi<ComposerState>
  /** Brings back what was typed for a conversation. */
  open(conversationId: ConversationId | null): Promise<void>
  change(patch: Partial<ChatDraft>): void
  /** Chooses what this one turn does; the switch goes back after it. */
  chooseOnce(mode: ChatModeChoice): void
  /** Takes up a message of one's own to say it otherwise. */
  edit(message: UserMessage): void
  cancelEdit(): void
  /** Empties the composer after its words were sent. */
  sent(): void
  focus(): void
}

const emptyDraft: ChatDraft = { text: '', attachments: [], mode: 'auto', editing: null }

export function createComposer(drafts: Drafts, onError: (doing: string, error: unknown) => unknown): Composer {
  const store = createStore<ComposerState>(() => ({
    conversationId: null,
    draft: emptyDraft,
    isLoaded: false,
    pending: [],
    isSending: false,
    isToBeSent: false,
    failure: null,
    aside: null,
    modeAfter: null,
    focusTurn: 0,
  }))

  function set(draft: ChatDraft, rest: Partial<ComposerState> = {}): void {
    store.setState({ draft, ...rest })
    drafts.save(store.getState().conversationId, isEmpty(draft) ? null : draft)
  }

  return {
    store,
    async open(conversationId) {
      const { draft, modeAfter } = store.getState()
      const fresh = { ...emptyDraft, mode: modeAfter ?? draft.mode }
      store.setState({
        conversationId,
        draft: fresh,
        isLoaded: false,
        pending: [],
        isToBeSent: false,
        failure: null,
        aside: null,
        modeAfter: null,
      })
      void drafts.flush()
      let kept: ChatDraft | null = null
      try {
        kept = await drafts.load(conversationId)
      } catch (error) {
        onError('Reading a draft', error)
      }
      const state = store.getState()
      if (state.conversationId !== conversationId) return
      // What was typed meanwhile is newer.
      store.setState({ isLoaded: true, ...(kept !== null && isEmpty(state.draft) ? { draft: kept } : {}) })
    },
    change(patch) {
      const rest = 'mode' in patch ? { modeAfter: null } : {}
      // Whoever writes on did not mean it to go as it stood.
      const written = 'text' in patch ? { isToBeSent: false } : {}
      set({ ...store.getState().draft, ...patch }, { failure: null, ...rest, ...written })
    },
    chooseOnce(mode) {
      const { draft, modeAfter } = store.getState()
      set({ ...draft, mode }, { modeAfter: modeAfter ?? draft.mode })
    },
    edit(message) {
      const { draft } = store.getState()
      const aside = draft.editing === null && !isEmpty(draft) ? draft : store.getState().aside
      set(draftOf(message), { aside, isToBeSent: false, failure: null })
      store.setState((state) => ({ focusTurn: state.focusTurn + 1 }))
    },
    cancelEdit() {
      const { aside, draft } = store.getState()
      set(aside ?? { ...emptyDraft, mode: draft.mode }, { aside: null, failure: null })
    },
    sent() {
      const { aside, draft, modeAfter } = store.getState()
      const empty = { ...emptyDraft, mode: modeAfter ?? draft.mode }
      set(aside ?? empty, { aside: null, modeAfter: null, failure: null, pending: [] })
    },
    focus() {
      store.setState((state) => ({ focusTurn: state.focusTurn + 1 }))
    },
  }
}

export function isReading(pending: readonly PendingPicture[]): boolean {
  return pending.some(({ failure }) => failure === null)
}

export function isEmpty(draft: ChatDraft): boolean {
  return draft.text === '' && draft.attachments.length === 0 && draft.editing === null
}

function draftOf(message: UserMessage): ChatDraft {
  const attachments = message.parts.flatMap((part): Attachment[] => {
    if (part.type !== 'picture') return []
    const { assetId, thumbnailId, width, height, name } = part
    return [{ assetId, thumbnailId, width, height, name }]
  })
  return { text: textOf(message), attachments, mode: message.asked, editing: message.id }
}

export function withMode(draft: ChatDraft, modes: readonly ChatModeChoice[]): ChatModeChoice {
  return modes.includes(draft.mode) ? draft.mode : 'auto'
}
