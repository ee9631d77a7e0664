import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer } from '../../contract/chat'
import { applyChatEvent } from '../../contract/chat-apply'
import type { ChatEvent } from '../../contract/chat-events'
import { drawingSchema } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import { conversationIdSchema } from '../../contract/ids'
import { AssetStore } from '../storage/assets'
import { ConversationsTable } from '../storage/conversations-table'
import { openDatabase, type Database } from '../storage/database'
import { MessagesTable } from '../storage/messages-table'
import {
  sampleAnswer,
  sampleConversation,
  sampleParameters,
  sampleQuestion,
} from '../storage/testing/sample-conversations'
import { AnswerWriter } from './answer-writer'
import { ChatStore } from './chat-store'
import { ChatStreams } from './chat-stream'

const conversationId = conversationIdSchema.parse('c1')
const drawing = drawingSchema.parse({
  width: 32,
  height: 32,
  steps: 4,
  shift: 3,
  textScale: 4,
  imageScale: 1,
  interval: [0, 1],
  renorm: 'global',
  renormMin: 0,
  taylorSeer: false,
})

let folder = ''
let database: Database
let store: ChatStore
let assets: AssetStore
let answer: Answer
const told: ChatEvent[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'writer-'))
  database = openDatabase(join(folder, 'atelier.db'))
  assets = new AssetStore(join(folder, 'assets'))
  const conversations = new ConversationsTable(database)
  const messages = new MessagesTable(database)
  const streams = new ChatStreams()
  store = new ChatStore({ conversations, messages, streams })
  conversations.save(sampleConversation('c1', 1))
  const question = sampleQuestion('q1', null, 'Draw a cat')
  answer = sampleAnswer('a1', 'q1', '', { status: 'running', parameters: { ...sampleParameters, drawing } })
  messages.save(question, answer)
  told.length = 0
  const publish = streams.publish.bind(streams)
  streams.publish = (id, event) => {
    told.push(event)
    publish(id, event)
  }
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const writer = (needs = {}): AnswerWriter =>
  new AnswerWriter(answer, [sampleQuestion('q1', null, 'Draw a cat')], null, {
    store,
    assets,
    describe: (png) => png,
    onFrame: () => undefined,
    ...needs,
  })
const rgb = (value: number): Uint8Array => new Uint8Array(32 * 32 * 3).fill(value)
const step = (number: number) =>
  ({
    type: 'step',
    step: number,
    steps: 3,
    timestep: 1 - number / 3,
    milliseconds: 5,
    preview: { width: 32, height: 32, rgb: rgb(40 * number) },
  }) as const
const complete = { status: 'complete', failure: null } as const
const filed = (): Answer => store.answer(answer.id)

/** What a window has after all that it was told. */
function seen(): Answer {
  let detail = applyChatEvent(null, {
    type: 'snapshot',
    conversation: sampleConversation('c1', 1),
    messages: [sampleQuestion('q1', null, 'Draw a cat'), answer],
  })
  for (const event of told) detail = applyChatEvent(detail, event)
  return detail!.messages[1] as Answer
}

describe('an answer as it is written', () => {
  it('is told in pieces that are gathered, and filed as it was told', async () => {
    const writing = writer()
    writing.take({ type: 'phase', phase: 'think', label: '' })
    for (const word of ['A ', 'tall ', 'tree']) writing.take({ type: 'text', part: 'think', text: word, tokens: 1 })
    writing.take({ type: 'thought', text: 'A tall tree', raw: '<think>A tall tree</think>', closed: true })
    for (let count = 1; count <= 200; count += 1)
      writing.take({ type: 'text', part: 'answer', text: 'word ', tokens: count })
    await writing.finish(complete, null)
    expect(filed()).toMatchObject({
      status: 'complete',
      parts: [
        { type: 'think', text: 'A tall tree', closed: true, edited: false },
        { type: 'text', text: 'word '.repeat(200) },
      ],
    })
    expect(seen()).toEqual(filed())
    expect(told.filter(({ type }) => type === 'piece').length).toBeLessThan(10)
  })

  it('keeps the order of previews however long each takes to encode, and ends with the picture', async () => {
    const writing = writer()
    writing.take({ type: 'phase', phase: 'draw', label: '' })
    for (const number of [1, 2, 3]) writing.take(step(number))
    writing.take({
      type: 'picture',
      width: 32,
      height: 32,
      rgb: rgb(200),
      seed: 1,
      partial: false,
      stepsDone: 3,
      steps: 3,
    })
    await writing.finish(complete, null)
    const [part] = filed().parts
    expect(part).toMatchObject({
      type: 'drawn',
      state: 'done',
      step: 3,
      steps: 3,
      frames: [{ step: 1 }, { step: 2 }, { step: 3 }],
    })
    expect(seen()).toEqual(filed())
  })

  it('that ends before its picture keeps the newest preview as a partial one', async () => {
    const writing = writer()
    writing.take({ type: 'phase', phase: 'draw', label: '' })
    writing.take(step(1))
    await writing.finish({ status: 'failed', failure: { code: 'ENGINE_CRASHED', message: 'x' } }, null)
    expect(filed()).toMatchObject({ status: 'failed', parts: [{ type: 'drawn', state: 'partial', step: 1 }] })
    expect(seen()).toEqual(filed())
  })

  it('that ends before its first step leaves no empty picture', async () => {
    const writing = writer()
    writing.take({ type: 'phase', phase: 'draw', label: '' })
    expect(filed().parts).toHaveLength(1)
    await writing.finish({ status: 'stopped', failure: null }, null)
    expect(filed().parts).toEqual([])
  })

  it('says so where the disk is full, with the words that there were', async () => {
    const full = { put: () => Promise.reject(new StudioError('DISK_FULL', 'The disk is full')) }
    const writing = writer({ assets: full })
    writing.take({ type: 'text', part: 'answer', text: 'Here it is', tokens: 3 })
    writing.take({ type: 'phase', phase: 'draw', label: '' })
    writing.take(step(1))
    await expect(writing.finish(complete, null)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(filed().parts).toMatchObject([{ type: 'text', text: 'Here it is' }])
  })

  it('writes on the pictures before it as what they were sent', async () => {
    const assetId = 'b'.repeat(64) as never
    const question = sampleQuestion('q1', null, '', {
      conversationId,
      parts: [
        { type: 'picture', assetId, thumbnailId: assetId, width: 9, height: 9, name: null, seen: null, encoded: null },
      ],
    })
    store.patch(question, question)
    const writing = new AnswerWriter(answer, [question], null, {
      store,
      assets,
      describe: (png) => png,
      onFrame: () => undefined,
    })
    const seenAs = { width: 98, height: 70, tokens: 35 }
    writing.take({ type: 'pictures', pictures: [{ id: assetId, seen: seenAs, encoded: null }] })
    await writing.finish(complete, null)
    expect(store.detail(conversationId).messages[0]?.parts).toMatchObject([{ seen: seenAs, encoded: null }])
  })
})
