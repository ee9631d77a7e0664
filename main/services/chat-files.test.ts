import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import type { ConversationDetail, Message, MessagePart } from '../../contract/chat'
import { messageIdSchema, type AssetId, type MessageId } from '../../contract/ids'
import { AssetStore } from '../storage/assets'
import {
  sampleAnswer,
  sampleConversation,
  sampleParameters,
  sampleQuestion,
} from '../storage/testing/sample-conversations'
import { writeZip } from '../storage/zip'
import { exportConversation, importConversation } from './chat-files'

let folder = ''
let here: AssetStore
let there: AssetStore
let pictures: AssetId[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-files-'))
  here = new AssetStore(join(folder, 'here'))
  there = new AssetStore(join(folder, 'there'))
  pictures = await Promise.all(
    ['#123', '#456', '#789'].map(async (background) =>
      here.put(
        await sharp({ create: { width: 6, height: 4, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    ),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const picture = (): fc.Arbitrary<AssetId> => fc.nat(2).map((index) => pictures[index]!)
const sent = fc.option(fc.record({ width: fc.nat(999), height: fc.nat(999), tokens: fc.nat(999) }), { nil: null })

function parts(): fc.Arbitrary<MessagePart> {
  const size = { width: fc.nat(4000), height: fc.nat(4000) }
  return fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'grapheme', maxLength: 60 }) }),
    fc.record({
      type: fc.constant('picture' as const),
      assetId: picture(),
      thumbnailId: picture(),
      ...size,
      name: fc.option(fc.string({ maxLength: 20 }), { nil: null }),
      seen: sent,
      encoded: sent,
    }),
    fc.record({
      type: fc.constant('think' as const),
      text: fc.string({ maxLength: 60 }),
      closed: fc.boolean(),
      tokens: fc.nat(100),
      milliseconds: fc.nat(1000),
      edited: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('drawn' as const),
      assetId: picture(),
      thumbnailId: picture(),
      ...size,
      step: fc.nat(49),
      steps: fc.constant(49),
      state: fc.constantFrom('done' as const, 'partial' as const),
      frames: fc.array(
        fc.record({ step: fc.nat(49), sigma: fc.double({ min: 0, max: 1, noNaN: true }), assetId: picture() }),
        { maxLength: 2 },
      ),
      sourceId: fc.option(picture(), { nil: null }),
      changed: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
      imageId: fc.constant(null),
    }),
  )
}

/** Conversations of any shape: each message follows an earlier one or none, and shows one of its children. */
function conversations(): fc.Arbitrary<ConversationDetail> {
  const message = fc.record({
    parent: fc.nat(1000),
    child: fc.nat(1000),
    parts: fc.array(parts(), { maxLength: 3 }),
    leftOut: fc.boolean(),
  })
  return fc.array(message, { minLength: 1, maxLength: 10 }).map((drawn) => {
    const messages = drawn.map((one, index): Message => {
      // 0 is a root, n the message before it by that number.
      const parentIndex = (one.parent % (index + 1)) - 1
      const parentId = parentIndex < 0 ? null : messageIdSchema.parse(`m${parentIndex}`)
      const shared = { parentId, parts: one.parts, leftOut: one.leftOut }
      return index % 2 === 0
        ? sampleQuestion(`m${index}`, null, '', shared)
        : sampleAnswer(`m${index}`, 'x', '', {
            ...shared,
            jobId: null,
            parameters: { ...sampleParameters, precision: 'int4' },
          })
    })
    const childOf = (id: MessageId | null, pick: number): MessageId | null => {
      const children = messages.filter(({ parentId }) => parentId === id)
      return children[pick % Math.max(1, children.length)]?.id ?? null
    }
    return {
      conversation: sampleConversation('c1', 5, {
        title: 'A title: with [signs] / and "quotes"',
        activeRootId: childOf(null, 0),
      }),
      messages: messages.map((one, index) => ({ ...one, activeChildId: childOf(one.id, drawn[index]!.child) })),
    }
  })
}

/** Everything but ids and the moment of the import. */
function content({ conversation, messages }: ConversationDetail): object {
  const place = new Map<MessageId | null, number | null>(messages.map(({ id }, index) => [id, index]))
  place.set(null, null)
  return {
    conversation: { ...conversation, id: null, updatedAt: 0, activeRootId: place.get(conversation.activeRootId) },
    messages: messages.map((one) => ({
      ...one,
      id: null,
      conversationId: null,
      parentId: place.get(one.parentId),
      activeChildId: place.get(one.activeChildId),
    })),
  }
}

describe.each(['json', 'markdown'] as const)('a conversation exported as %s', (kind) => {
  it('comes back equal on another machine, pictures included', async () => {
    await fc.assert(
      fc.asyncProperty(conversations(), async (detail) => {
        const imported = await importConversation(await exportConversation(detail, kind, here), there)
        expect(content(imported)).toEqual(content(detail))
        expect(imported.conversation.id).not.toBe(detail.conversation.id)
        for (const id of new Set(
          detail.messages.flatMap(({ parts: all }) =>
            all.flatMap((part) => (part.type === 'picture' ? [part.assetId] : [])),
          ),
        )) {
          expect(await there.read(id)).toEqual(await here.read(id))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is exported without the pictures that are gone', async () => {
    const gone = 'f'.repeat(64) as AssetId
    const part: MessagePart = {
      type: 'picture',
      assetId: gone,
      thumbnailId: gone,
      width: 1,
      height: 1,
      name: 'x.png',
      seen: null,
      encoded: null,
    }
    const detail = {
      conversation: sampleConversation('c1', 1),
      messages: [sampleQuestion('q1', null, '', { parts: [part] })],
    }
    const imported = await importConversation(await exportConversation(detail, kind, here), there)
    expect(imported.messages).toHaveLength(1)
  })
})

describe('an import', () => {
  const file = (content: string | Uint8Array<ArrayBuffer>): File => new File([content], 'chat.json')
  const valid = async (): Promise<Record<string, unknown>> => {
    const messages = [sampleQuestion('q1', null, 'a'), sampleAnswer('a1', 'q1', 'b')]
    const exported = await exportConversation({ conversation: sampleConversation('c1', 1), messages }, 'json', here)
    return JSON.parse(await exported.text()) as Record<string, unknown>
  }

  it.each([
    ['no JSON', '{'],
    ['another format', '{"format":"atelier-race"}'],
    ['an archive without a conversation', writeZip([{ name: 'x', bytes: new Uint8Array(3) }])],
  ])('refuses %s', async (_what, content) => {
    await expect(importConversation(file(content), there)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'file' },
    })
  })

  it('refuses trees that are none: a circle, a message twice, a parent that is not there, a child of another', async () => {
    const base = await valid()
    const [question, answer] = base['messages'] as [object, object]
    for (const messages of [
      [{ ...question, parentId: 'a1' }, answer],
      [question, question],
      [question, { ...answer, parentId: 'none' }],
      [{ ...question, activeChildId: 'q1' }, answer],
    ]) {
      await expect(importConversation(file(JSON.stringify({ ...base, messages })), there)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      })
    }
    await expect(importConversation(file(JSON.stringify(base)), there)).resolves.toMatchObject({
      messages: { length: 2 },
    })
  })

  it('refuses a picture that is none', async () => {
    const base = { ...(await valid()), pictures: { x: Buffer.from('no picture').toString('base64') } }
    await expect(importConversation(file(JSON.stringify(base)), there)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('leaves nothing that looks as if it were still being written', async () => {
    const base = await valid()
    const [question, answer] = base['messages'] as [object, object]
    const running = { ...base, messages: [question, { ...answer, status: 'running' }] }
    const { messages } = await importConversation(file(JSON.stringify(running)), there)
    expect(messages[1]).toMatchObject({ status: 'stopped', jobId: null })
  })
})
