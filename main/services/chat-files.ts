import * as z from 'zod'
import { conversationDetailSchema, type ConversationDetail, type Message } from '../../contract/chat'
import { StudioError } from '../../contract/errors'
import type { AssetId } from '../../contract/ids'
import { assetIdsIn } from '../storage/asset-ids'
import type { AssetStore } from '../storage/assets'
import { sniffMediaType } from '../storage/media-type'
import { isZip, readZip, writeZip, type ArchiveFile } from '../storage/zip'
import { conversationMarkdown } from './chat-markdown'
import { newConversationId, newMessageId } from './chat-store'
import { withNewIds } from './chat-tree-changes'

const format = 'atelier-chat'
const largestFile = 512 * 1024 * 1024

const exportSchema = conversationDetailSchema.extend({
  format: z.literal(format),
  version: z.literal(1),
  /** Bytes of the pictures by id, in base64; in an archive they lie beside it instead. */
  pictures: z.record(z.string(), z.base64()).default({}),
})

/** Where a picture lies in an archive. */
function pictureName(id: string, bytes: Uint8Array): string {
  const extension = (sniffMediaType(bytes) ?? 'image/png').split('/')[1]
  return `images/${id.slice(0, 16)}.${extension === 'jpeg' ? 'jpg' : extension}`
}

/** The pictures that a conversation names, previews included; those that are gone are left out. */
async function picturesOf(detail: ConversationDetail, assets: AssetStore): Promise<Map<AssetId, Uint8Array>> {
  const pictures = new Map<AssetId, Uint8Array>()
  for (const id of new Set(assetIdsIn(JSON.stringify(detail.messages)))) {
    const bytes = await assets.read(id).catch(() => null)
    if (bytes !== null) pictures.set(id, bytes)
  }
  return pictures
}

/** A conversation as one file: JSON with its pictures in it, or a ZIP of Markdown, pictures and the same JSON without them. */
export async function exportConversation(
  detail: ConversationDetail,
  kind: 'markdown' | 'json',
  assets: AssetStore,
): Promise<File> {
  const pictures = await picturesOf(detail, assets)
  const name = fileName(detail.conversation.title)
  const record = { format, version: 1, ...detail }
  if (kind === 'json') {
    const encoded = Object.fromEntries([...pictures].map(([id, bytes]) => [id, Buffer.from(bytes).toString('base64')]))
    const json = JSON.stringify({ ...record, pictures: encoded }, null, 1)
    return new File([json], `${name}.json`, { type: 'application/json' })
  }
  const pathOf = (id: AssetId): string | null => {
    const bytes = pictures.get(id)
    return bytes === undefined ? null : pictureName(id, bytes)
  }
  const text = (content: string): Uint8Array => new TextEncoder().encode(content)
  const files: ArchiveFile[] = [
    { name: 'conversation.md', bytes: text(conversationMarkdown(detail, pathOf)) },
    { name: 'conversation.json', bytes: text(JSON.stringify(record, null, 1)) },
    ...[...pictures].map(([id, bytes]) => ({ name: pictureName(id, bytes), bytes })),
  ]
  return new File([writeZip(files)], `${name}.zip`, { type: 'application/zip' })
}

function fileName(title: string): string {
  const words = title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')
  return words.slice(0, 60) || 'conversation'
}

/**
 * Reads an exported conversation, under ids of its own, and takes in its pictures.
 * @throws StudioError INVALID_INPUT naming what is wrong with the file, DISK_FULL
 */
export async function importConversation(file: File, assets: AssetStore): Promise<ConversationDetail> {
  if (file.size > largestFile) throw refused('The file is larger than 512 MB')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const archive = isZip(bytes) ? readZip(bytes) : null
  const json = archive?.find(({ name }) => name === 'conversation.json')?.bytes ?? (archive === null ? bytes : null)
  if (json === null) throw refused('The archive holds no conversation')
  const { conversation, messages, pictures } = parse(new TextDecoder().decode(json))
  checkTree({ conversation, messages })
  const beside = archive?.filter(({ name }) => name.startsWith('images/')).map((one) => one.bytes) ?? []
  const within = Object.values(pictures).map((encoded) => new Uint8Array(Buffer.from(encoded, 'base64')))
  // A picture's id is the sum of its bytes, so it has the same id here, and one that was changed is simply another.
  for (const picture of [...beside, ...within]) await assets.put(picture)
  const now = Date.now()
  const renamed = withNewIds({ conversation, messages }, newConversationId(), newMessageId)
  return {
    conversation: { ...renamed.conversation, temporary: false, deletedAt: null, updatedAt: now },
    messages: renamed.messages.map(settled),
  }
}

/** Jobs and gallery records of another studio mean nothing here, and nobody goes on writing what was being written there. */
function settled(message: Message): Message {
  if (message.role === 'user') return message
  const parts = message.parts.map((part) => (part.type === 'drawn' ? { ...part, imageId: null } : part))
  const isUnfinished = message.status === 'waiting' || message.status === 'running'
  return { ...message, parts, jobId: null, status: isUnfinished ? 'stopped' : message.status }
}

function parse(text: string): z.output<typeof exportSchema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refused('The file is neither JSON nor an archive', String(error))
  }
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== format) {
    throw refused('The file holds no conversation')
  }
  const parsed = exportSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw refused('The conversation in the file is damaged or of another version', z.prettifyError(parsed.error))
}

/** A tree whose links lead nowhere could not be shown, and one with a circle would never end. */
function checkTree({ conversation, messages }: ConversationDetail): void {
  const parents = new Map<string, string | null>()
  for (const { id, parentId } of messages) {
    if (parents.has(id)) throw refused(`The message ${id} is there twice`)
    if (parentId !== null && !parents.has(parentId)) throw refused(`The message ${id} follows one that is not there`)
    parents.set(id, parentId)
  }
  for (const { id, activeChildId } of messages) {
    if (activeChildId !== null && parents.get(activeChildId) !== id)
      throw refused(`The branches below ${id} are damaged`)
  }
  const { activeRootId } = conversation
  if (activeRootId !== null && parents.get(activeRootId) !== null) throw refused('The conversation has no beginning')
}

function refused(message: string, detail?: string): StudioError {
  return new StudioError('INVALID_INPUT', message, {
    field: 'file',
    remedy: 'Choose a JSON file or a ZIP archive that was exported from Chat.',
    ...(detail === undefined ? {} : { detail }),
  })
}
