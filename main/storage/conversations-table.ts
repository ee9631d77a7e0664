import { conversationSchema, type Conversation } from '../../contract/chat'
import { StudioError } from '../../contract/errors'
import type { AssetId, ConversationId } from '../../contract/ids'
import { assetIdsIn } from './asset-ids'
import type { Database, SqlValue } from './database'
import { translateDiskError } from './disk-error'
import { fullTextQuery } from './full-text-query'
import { nextCursor, parseCursor } from './page-cursor'

export interface ConversationFilter {
  readonly search: string
  /** Null for conversations in no folder; all where absent. */
  readonly folder?: string | null | undefined
  readonly pinned?: boolean | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** A conversation on a page of the list, with what is counted and found. */
export interface ListedConversation {
  readonly conversation: Conversation
  readonly messages: number
  readonly answering: boolean
  readonly snippet: string | null
}

export interface ListedPage {
  readonly conversations: ListedConversation[]
  readonly total: number
  readonly nextCursor: string | null
}

const listed = 'deleted_at IS NULL AND temporary = 0'

/** Facts that a list shows besides the record; `c` is the row of the conversation. */
const counted = `(SELECT count(*) FROM messages WHERE conversation_id = c.id) AS messages,
  EXISTS (SELECT 1 FROM messages WHERE conversation_id = c.id AND status IN ('waiting', 'running')) AS answering`

/** Conversations without their messages. Columns repeat what is filtered and sorted by; the record itself is JSON. */
export class ConversationsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Files a conversation, or files it anew under the same id. */
  save(conversation: Conversation): void {
    const { id, updatedAt, deletedAt, folder, pinned, temporary, title } = conversation
    try {
      this.#database.transaction(() => {
        this.#database
          .prepare(
            `INSERT INTO conversations (id, updated_at, deleted_at, folder, pinned, temporary, record) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, deleted_at = excluded.deleted_at,
               folder = excluded.folder, pinned = excluded.pinned, temporary = excluded.temporary, record = excluded.record`,
          )
          .run(id, updatedAt, deletedAt, folder, pinned ? 1 : 0, temporary ? 1 : 0, JSON.stringify(conversation))
        this.#database
          .prepare(
            `INSERT OR REPLACE INTO conversations_text (rowid, title)
             SELECT number, ? FROM conversations WHERE id = ?`,
          )
          .run(title, id)
      })
    } catch (error) {
      throw translateDiskError(error, 'The conversation')
    }
  }

  /** @throws StudioError CONVERSATION_NOT_FOUND */
  get(id: ConversationId): Conversation {
    return this.listed(id).conversation
  }

  /** One conversation with what a list shows of it. @throws StudioError CONVERSATION_NOT_FOUND */
  listed(id: ConversationId): ListedConversation {
    const [row] = this.#database
      .prepare(`SELECT record, deleted_at, ${counted} FROM conversations c WHERE id = ?`)
      .all(id)
    if (row === undefined) {
      throw new StudioError('CONVERSATION_NOT_FOUND', 'This conversation is not there', {
        field: 'conversationId',
        remedy: 'It may have been deleted for good more than 30 days ago.',
      })
    }
    return readListed(row, null)
  }

  page({ search, folder, pinned, limit, cursor }: ConversationFilter): ListedPage {
    const conditions = [listed]
    const values: SqlValue[] = []
    if (folder === null) conditions.push('folder IS NULL')
    else if (folder !== undefined) {
      conditions.push('folder = ?')
      values.push(folder)
    }
    if (pinned !== undefined) {
      conditions.push('pinned = ?')
      values.push(pinned ? 1 : 0)
    }
    const query = fullTextQuery(search)
    if (query !== '') {
      conditions.push(`(number IN (SELECT rowid FROM conversations_text WHERE conversations_text MATCH ?)
        OR id IN (SELECT conversation_id FROM messages WHERE number IN (SELECT rowid FROM messages_text WHERE messages_text MATCH ?)))`)
      values.push(query, query)
    }
    const where = conditions.join(' AND ')
    const [count] = this.#database.prepare(`SELECT count(*) AS total FROM conversations WHERE ${where}`).all(...values)
    const after = parseCursor(cursor)
    const rows = this.#database
      .prepare(
        `SELECT id, updated_at AS created_at, record, deleted_at, ${counted} FROM conversations c WHERE ${where}
         ${after === null ? '' : 'AND (updated_at, id) < (?, ?)'}
         ORDER BY updated_at DESC, id DESC LIMIT ?`,
      )
      .all(...values, ...(after ?? []), limit)
    return {
      // One record that cannot be read must not hide all the others.
      conversations: rows.flatMap((row) => {
        try {
          return [readListed(row, query === '' ? null : this.#snippet(String(row['id']), query))]
        } catch {
          return []
        }
      }),
      total: Number(count?.['total'] ?? 0),
      nextCursor: nextCursor(rows, limit),
    }
  }

  folders(): { name: string; conversations: number }[] {
    const rows = this.#database
      .prepare(
        `SELECT folder, count(*) AS conversations FROM conversations WHERE ${listed} AND folder IS NOT NULL
         GROUP BY folder ORDER BY folder COLLATE NOCASE`,
      )
      .all()
    return rows.map((row) => ({ name: String(row['folder']), conversations: Number(row['conversations']) }))
  }

  /** Off the list, until `restore` or `purge`. */
  remove(id: ConversationId): void {
    this.#mark(id, Date.now())
  }

  restore(id: ConversationId): void {
    this.#mark(id, null)
  }

  /** Forgets for good what was removed before `deletedBefore` (milliseconds since 1970), messages and drafts included. */
  purge(deletedBefore: number): void {
    this.#forget('deleted_at < ?', deletedBefore)
  }

  /** Forgets the temporary conversations. */
  forgetTemporary(): void {
    this.#forget('temporary = ?', 1)
  }

  /** Every asset that a record names: settings name none today, and looking costs nothing. */
  usedAssets(): Set<AssetId> {
    const used = new Set<AssetId>()
    for (const table of ['conversations', 'messages', 'chat_drafts']) {
      for (const row of this.#database.prepare(`SELECT record FROM ${table}`).all()) {
        for (const id of assetIdsIn(String(row['record']))) used.add(id)
      }
    }
    return used
  }

  #forget(condition: string, value: SqlValue): void {
    const chosen = `(SELECT id FROM conversations WHERE ${condition})`
    this.#database.transaction(() => {
      for (const sql of [
        `DELETE FROM messages_text WHERE rowid IN (SELECT number FROM messages WHERE conversation_id IN ${chosen})`,
        `DELETE FROM messages WHERE conversation_id IN ${chosen}`,
        `DELETE FROM chat_drafts WHERE conversation_id IN ${chosen}`,
        `DELETE FROM conversations_text WHERE rowid IN (SELECT number FROM conversations WHERE ${condition})`,
        `DELETE FROM conversations WHERE ${condition}`,
      ]) {
        this.#database.prepare(sql).run(value)
      }
    })
  }

  #mark(id: ConversationId, deletedAt: number | null): void {
    this.get(id)
    this.#database.prepare('UPDATE conversations SET deleted_at = ? WHERE id = ?').run(deletedAt, id)
  }

  /** Words around the first place in the messages where the search was found; null where the title alone matched. */
  #snippet(id: string, query: string): string | null {
    const [row] = this.#database
      .prepare(
        `SELECT snippet(messages_text, 0, '', '', '…', 12) AS snippet FROM messages_text
         WHERE messages_text MATCH ? AND rowid IN (SELECT number FROM messages WHERE conversation_id = ?) ORDER BY rowid LIMIT 1`,
      )
      .all(query, id)
    return row === undefined ? null : String(row['snippet']).replace(/\s+/g, ' ')
  }
}

function readListed(row: Record<string, SqlValue>, snippet: string | null): ListedConversation {
  const deletedAt = row['deleted_at']
  return {
    conversation: {
      ...conversationSchema.parse(JSON.parse(String(row['record']))),
      deletedAt: typeof deletedAt === 'number' ? deletedAt : null,
    },
    messages: Number(row['messages']),
    answering: row['answering'] === 1,
    snippet,
  }
}
