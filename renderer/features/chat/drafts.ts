import { draftSchema, type ChatDraft } from '../../../contract/chat'
import type { StudioClient } from '../../../contract/client'
import type { ConversationId } from '../../../contract/ids'

/** Keeps what is typed: on this page at once, in the core a moment later. Whichever of the two dies, the other has it. */
export interface Drafts {
  /** What was last typed here and never reached the core, else what the core has; null where there is nothing. */
  load(conversationId: ConversationId | null): Promise<ChatDraft | null>
  save(conversationId: ConversationId | null, draft: ChatDraft | null): void
  /** Sends at once what waits to be sent. */
  flush(): Promise<void>
}

const wait = 300
const prefix = 'atelier.chat.draft.'

export function createDrafts(client: StudioClient, onError: (doing: string, error: unknown) => unknown): Drafts {
  const waiting = new Map<ConversationId | null, ChatDraft | null>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isFailing = false

  async function send(conversationId: ConversationId | null, draft: ChatDraft | null): Promise<void> {
    try {
      await client.chat.saveDraft({ conversationId, draft })
      isFailing = false
      if (!waiting.has(conversationId)) localStorage.removeItem(keyOf(conversationId))
    } catch (error) {
      // It stays on this page, and goes out with the next change: one word about that is enough.
      if (!isFailing) onError('Saving a draft', error)
      isFailing = true
    }
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    const entries = [...waiting]
    waiting.clear()
    await Promise.all(entries.map(([conversationId, draft]) => send(conversationId, draft)))
  }

  return {
    flush,
    async load(conversationId) {
      const here = readLocal(conversationId)
      if (here !== undefined) return here
      return client.chat.draft({ conversationId })
    },
    save(conversationId, draft) {
      localStorage.setItem(keyOf(conversationId), JSON.stringify(draft))
      waiting.set(conversationId, draft)
      clearTimeout(timer)
      timer = setTimeout(() => void flush(), wait)
    },
  }
}

function keyOf(conversationId: ConversationId | null): string {
  return `${prefix}${conversationId ?? 'new'}`
}

/** Undefined where nothing lies here; null where an emptied composer never reached the core. */
function readLocal(conversationId: ConversationId | null): ChatDraft | null | undefined {
  const text = localStorage.getItem(keyOf(conversationId))
  if (text === null) return undefined
  try {
    const parsed = draftSchema.nullable().safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
