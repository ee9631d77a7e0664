import { draftSchema, type ChatDraft } from '../../contract/chat'
import type { ConversationId } from '../../contract/ids'
import type { Database } from './database'
import { translateDiskError } from './disk-error'

/** The composer of a conversation that does not exist yet. */
const newConversation = ''

/** What was typed and not sent, one for each conversation. */
export class DraftsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  get(conversationId: ConversationId | null): ChatDraft | null {
    const [row] = this.#database
      .prepare('SELECT record FROM chat_drafts WHERE conversation_id = ?')
      .all(conversationId ?? newConversation)
    const parsed = row === undefined ? null : draftSchema.safeParse(JSON.parse(String(row['record'])))
    return parsed?.success === true ? parsed.data : null
  }

  /** Null forgets it. */
  save(conversationId: ConversationId | null, draft: ChatDraft | null): void {
    const id = conversationId ?? newConversation
    try {
      if (draft === null) this.#database.prepare('DELETE FROM chat_drafts WHERE conversation_id = ?').run(id)
      else {
        this.#database
          .prepare(
            `INSERT INTO chat_drafts (conversation_id, record) VALUES (?, ?)
             ON CONFLICT (conversation_id) DO UPDATE SET record = excluded.record`,
          )
          .run(id, JSON.stringify(draft))
      }
    } catch (error) {
      throw translateDiskError(error, 'What you typed')
    }
  }
}
