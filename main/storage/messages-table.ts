import { messageSchema, type Answer, type Message } from '../../contract/chat'
import { textOf } from '../../contract/chat-tree'
import { StudioError } from '../../contract/errors'
import type { ConversationId, MessageId, ModelId } from '../../contract/ids'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'

/** Messages of all conversations. A row is written when a message begins and again as it grows, so that a crash keeps what was said. */
export class MessagesTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Files messages, all of them or none; those that are there already are filed anew in their place. */
  save(...messages: readonly Message[]): void {
    try {
      this.#database.transaction(() => {
        for (const message of messages) this.#write(message)
      })
    } catch (error) {
      throw translateDiskError(error, 'The message')
    }
  }

  find(id: MessageId): Message | null {
    const [row] = this.#database.prepare('SELECT record FROM messages WHERE id = ?').all(id)
    return row === undefined ? null : messageSchema.parse(JSON.parse(String(row['record'])))
  }

  /** @throws StudioError MESSAGE_NOT_FOUND */
  get(id: MessageId): Message {
    const message = this.find(id)
    if (message === null) {
      throw new StudioError('MESSAGE_NOT_FOUND', 'This message is not there', {
        field: 'messageId',
        remedy: 'Open the conversation again: it may have been deleted in another window.',
      })
    }
    return message
  }

  /** All messages of a conversation, in the order in which they came. */
  of(conversationId: ConversationId): Message[] {
    return readAll(
      this.#database
        .prepare('SELECT record FROM messages WHERE conversation_id = ? ORDER BY number')
        .all(conversationId),
    )
  }

  /** Answers that wait or are being written, in all conversations. */
  unfinished(): Answer[] {
    const rows = this.#database
      .prepare(`SELECT record FROM messages WHERE status IN ('waiting', 'running') ORDER BY number`)
      .all()
    return readAll(rows).filter((message) => message.role === 'assistant')
  }

  /** Answers that a model completed, the newest first: what turns take is learnt from them. */
  latestAnswers(modelId: ModelId, limit = 50): Answer[] {
    const rows = this.#database
      .prepare(`SELECT record FROM messages WHERE status = 'complete' ORDER BY number DESC LIMIT ?`)
      .all(limit)
    return readAll(rows)
      .filter((message) => message.role === 'assistant')
      .filter((answer) => answer.modelId === modelId)
  }

  #write(message: Message): void {
    const status = message.role === 'assistant' ? message.status : null
    this.#database
      .prepare(
        `INSERT INTO messages (id, conversation_id, status, record) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, record = excluded.record`,
      )
      .run(message.id, message.conversationId, status, JSON.stringify(message))
    // What is still being written is searched when it is done.
    if (status === 'running' || status === 'waiting') return
    this.#database
      .prepare('INSERT OR REPLACE INTO messages_text (rowid, text) SELECT number, ? FROM messages WHERE id = ?')
      .run(textOf(message), message.id)
  }
}

/** A record that cannot be read is left out rather than closing the whole conversation. */
function readAll(rows: readonly Record<string, SqlValue>[]): Message[] {
  return rows.flatMap((row) => {
    const parsed = messageSchema.safeParse(JSON.parse(String(row['record'])))
    return parsed.success ? [parsed.data] : []
  })
}
