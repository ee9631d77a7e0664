import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, Attachment, DrawnPart, PicturePart, ThinkPart } from '../../contract/chat'
import { activePath } from '../../contract/chat-tree'
import { openStudio, type Studio } from './studio'
import { ChatClient } from './testing/chat-client'

// Pictures in chat on a real studio: a tiny BAGEL of random weights. `npm run build` makes the worker's bundle.

const isBuilt = existsSync('dist/core/inference-worker.cjs')
let data = ''
let studio: Studio
let chat: ChatClient
let picture: Attachment

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = join(process.cwd(), 'test-fixtures/models')
  data = await mkdtemp(join(tmpdir(), 'chat-pictures-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
  chat = new ChatClient(studio.client, 'tiny-bagel')
  const png = await sharp({ create: { width: 96, height: 64, channels: 3, background: '#a63' } })
    .png()
    .toBuffer()
  picture = await studio.client.chat.attach({ file: new File([new Uint8Array(png)], 'brown.png') })
})
afterAll(async () => {
  await studio.close()
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

const drawnIn = ({ parts }: Answer): DrawnPart => parts.find((part) => part.type === 'drawn') as DrawnPart
const thoughtIn = ({ parts }: Answer): ThinkPart => parts.find((part) => part.type === 'think') as ThinkPart

describe.skipIf(!isBuilt)('pictures in a chat', () => {
  it('are read, and say as what they were sent', async () => {
    const { id } = await chat.create()
    const estimate = await studio.client.chat.estimate({
      conversationId: id,
      text: 'What is it?',
      attachments: [picture],
    })
    expect(estimate).toMatchObject({ decision: { mode: 'read' }, pictures: [{ assetId: picture.assetId }] })
    const answer = await chat.say(id, 'What is it?', { attachments: [picture] })
    expect(answer).toMatchObject({ status: 'complete', decision: { mode: 'read', rule: 'question' } })
    const question = (await chat.message(answer.parentId!, id)).parts[0] as PicturePart
    expect(question.seen).toEqual(estimate.pictures[0]?.seen)
    expect(question.seen?.tokens).toBeGreaterThan(0)
    expect(answer.statistics?.context.vit).toBeGreaterThan(0)
    expect(answer.statistics?.context.vae).toBe(0)
  })

  it('are drawn step by step, and can be kept in the gallery once', async () => {
    const { id } = await chat.create({ seed: 5 })
    const { answer } = await studio.client.chat.send({ conversationId: id, text: 'Draw a cat' })
    expect(answer.decision).toMatchObject({ mode: 'draw', rule: 'draw-verb' })
    const { events } = await chat.until(id, ({ messages }) =>
      messages.some((one) => one.role === 'assistant' && one.status === 'complete'),
    )
    const ended = await chat.ended(answer)
    const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []))
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    const part = drawnIn(ended)
    expect(part).toMatchObject({
      state: 'done',
      width: 64,
      height: 64,
      step: 7,
      steps: 7,
      sourceId: null,
      changed: null,
    })
    expect(part.frames.length).toBeGreaterThan(0)
    const bytes = await sharp(join(data, 'assets', part.assetId!.slice(0, 2), part.assetId!)).metadata()
    expect(bytes).toMatchObject({ width: 64, height: 64, format: 'png' })
    const place = ended.parts.indexOf(part)
    const kept = await studio.client.chat.keep({ messageId: ended.id, part: place })
    expect(kept).toMatchObject({ assetId: part.assetId, settings: { prompt: 'Draw a cat', seed: 5 } })
    expect((await studio.client.chat.keep({ messageId: ended.id, part: place })).id).toBe(kept.id)
    expect((await studio.client.images.readSettings({ assetId: part.assetId! })).settings).toMatchObject({ seed: 5 })
  })

  it('are the same for the same seed, whatever was drawn between', async () => {
    const { id } = await chat.create({ seed: 9 })
    const first = await chat.say(id, 'Draw a dog')
    const other = await chat.ended(await studio.client.chat.regenerate({ messageId: first.id, settings: { seed: 10 } }))
    const again = await chat.ended(await studio.client.chat.regenerate({ messageId: first.id }))
    expect(drawnIn(again).assetId).toBe(drawnIn(first).assetId)
    expect(drawnIn(other).assetId).not.toBe(drawnIn(first).assetId)
  })

  it('are edited: the one attached, then the one just drawn, at its size and with how much changed', async () => {
    const { id } = await chat.create({ seed: 1 })
    const first = await chat.say(id, 'Make it blue', { attachments: [picture] })
    expect(first.decision).toMatchObject({ mode: 'edit', rule: 'edit-verb' })
    const part = drawnIn(first)
    expect(part).toMatchObject({ state: 'done', sourceId: picture.assetId, width: 96, height: 64 })
    expect(part.changed).toBeGreaterThan(0)
    const question = (await chat.message(first.parentId!, id)).parts[0] as PicturePart
    expect(question.encoded).toMatchObject({ width: 96, height: 64 })
    const second = await chat.say(id, 'with a red hat')
    expect(second.decision).toMatchObject({ mode: 'edit', rule: 'follows-picture' })
    expect(drawnIn(second).sourceId).toBe(part.assetId)
  })

  it('are planned by a thought, which a person may write anew', async () => {
    const { id } = await chat.create({ seed: 1, think: true, thinkTokens: 6 })
    const first = await chat.say(id, 'Draw a tree')
    expect(thoughtIn(first)).toMatchObject({ edited: false })
    expect(thoughtIn(first).tokens).toBeGreaterThan(0)
    const again = await chat.ended(
      await studio.client.chat.rethink({ messageId: first.id, think: 'A very tall tree.' }),
    )
    expect(thoughtIn(again)).toMatchObject({ text: 'A very tall tree.', edited: true, closed: true })
    expect(again.parentId).toBe(first.parentId)
    expect(drawnIn(again).assetId).not.toBe(drawnIn(first).assetId)
  })

  it('that are stopped are kept as far as they came, and the next turn works', async () => {
    const { id } = await chat.create({ drawing: { steps: 200 } })
    const { answer } = await studio.client.chat.send({ conversationId: id, text: 'Draw a house' })
    await chat.until(id, (_detail, event) => event.type === 'step' && event.step >= 3)
    await studio.client.chat.stop({ messageId: answer.id })
    const stopped = await chat.ended(answer)
    expect(stopped).toMatchObject({ status: 'stopped', failure: null })
    expect(drawnIn(stopped)).toMatchObject({ state: 'partial', steps: 199 })
    expect(drawnIn(stopped).step).toBeLessThan(199)
    expect(drawnIn(stopped).assetId).not.toBeNull()
    await studio.client.chat.update({ conversationId: id, settings: {} })
    expect((await chat.say(id, 'Draw a mouse')).status).toBe('complete')
  })

  it('are refused where they are too many, gone, or nothing says what to do with them', async () => {
    const { id } = await chat.create()
    const send = (rest: object) => studio.client.chat.send({ conversationId: id, text: 'x', ...rest })
    await expect(send({ attachments: Array(20).fill(picture) })).rejects.toMatchObject({
      code: 'TOO_MANY_PICTURES',
      data: { field: 'attachments' },
    })
    const gone = { ...picture, assetId: '0'.repeat(64) }
    await expect(send({ attachments: [gone] })).rejects.toMatchObject({ code: 'ASSET_NOT_FOUND' })
    await expect(send({ text: '', attachments: [picture], mode: 'edit' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'text' },
    })
    await expect(send({ mode: 'edit' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'attachments' },
    })
    await expect(send({ mode: 'draw', settings: { drawing: { width: 1024 } } })).rejects.toMatchObject({
      data: { field: 'settings.drawing.width' },
    })
  })

  it('fill the context, and what to leave out makes room', async () => {
    const { id } = await chat.create()
    let refusal: { data: { context: { leaveOut: { messageId: never; rows: number }[] } } } | null = null
    for (let turn = 0; turn < 12 && refusal === null; turn += 1) {
      await chat
        .say(id, `What is number ${turn}?`, { attachments: [picture, picture, picture, picture] })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'CONTEXT_FULL' })
          refusal = error as NonNullable<typeof refusal>
        })
    }
    const { leaveOut } = refusal!.data.context
    expect(leaveOut.length).toBeGreaterThan(0)
    await studio.client.chat.leaveOut({ messageIds: leaveOut.map(({ messageId }) => messageId), leftOut: true })
    const answer = await chat.say(id, 'And now?', { attachments: [picture, picture, picture, picture] })
    expect(answer.status).toBe('complete')
    expect(activePath(await studio.client.chat.get({ conversationId: id })).some(({ leftOut }) => leftOut)).toBe(true)
  })

  it('stay in a conversation that goes on with a model of words alone', async () => {
    const { id } = await chat.create({ seed: 1 })
    await chat.say(id, 'Draw a boat')
    const words = new ChatClient(studio.client, 'tiny-causal-lm')
    await studio.client.chat.update({
      conversationId: id,
      modelId: (await words.create()).modelId!,
      settings: { maxTokens: 4 },
    })
    expect(await chat.say(id, 'What did you draw?')).toMatchObject({ status: 'complete', modelId: 'tiny-causal-lm' })
  })
})
