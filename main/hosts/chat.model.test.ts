import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activePath, siblingsOf, textOf } from '../../contract/chat-tree'
import { modelIdSchema } from '../../contract/ids'
import { openStudio, type Studio } from './studio'
import { ChatClient, isOver } from './testing/chat-client'

// Chat with a text-only model on a real studio. The inference worker is a bundle; `npm run build` makes it.

const isBuilt = existsSync('dist/core/inference-worker.cjs')
let data = ''
let studio: Studio
let chat: ChatClient
const settings = { precision: 'float32', maxTokens: 24 }

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = join(process.cwd(), 'test-fixtures/models')
  data = await mkdtemp(join(tmpdir(), 'chat-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
  chat = new ChatClient(studio.client, 'tiny-causal-lm')
})
afterAll(async () => {
  await studio.close()
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

describe.skipIf(!isBuilt)('a chat with a text-only model', () => {
  it('streams an answer whose pieces add up to it, with what each phase cost', async () => {
    const { id } = await chat.create(settings)
    const { answer } = await studio.client.chat.send({ conversationId: id, text: 'Hello there' })
    expect(answer).toMatchObject({ decision: { mode: 'read', rule: 'text-only' }, parameters: { maxTokens: 24 } })
    const { detail, events } = await chat.until(id, ({ messages }) => isOver(messages[1]))
    const [question, ended] = detail.messages
    expect(question).toMatchObject({ role: 'user', activeChildId: answer.id })
    expect(ended).toMatchObject({ status: 'complete', failure: null, modelName: 'Tiny language model' })
    // What was told piece by piece is what was filed.
    expect((await studio.client.chat.get({ conversationId: id })).messages).toEqual(detail.messages)
    expect(events.some(({ type }) => type === 'piece')).toBe(true)
    const statistics = isOver(ended) ? ended.statistics : null
    expect(statistics?.phases.map(({ phase }) => phase)).toEqual(['load', 'prefill', 'answer'])
    expect(statistics?.phases[2]).toMatchObject({ tokens: 24, finishReason: 'length', speculation: null })
    expect(statistics?.context).toMatchObject({ vit: 0, vae: 0, limit: 512 })
    expect(detail.conversation.title).toBe('Hello there')
  })

  it('reads only what is new in the next turn, and answers as if it had read everything', async () => {
    const { id } = await chat.create(settings)
    const first = await chat.say(id, 'One and two')
    const second = await chat.say(id, 'And three?')
    const prefill = second.statistics?.phases.find(({ phase }) => phase === 'prefill')
    const held = first.statistics?.context.text ?? 0
    expect(prefill).toMatchObject({ phase: 'prefill' })
    if (prefill?.phase !== 'prefill') return
    // All of the first turn but what the end of its answer is written with.
    expect(prefill.reusedRows).toBeGreaterThan(held / 2)
    // The same turn after another conversation, whose rows are of no use to it.
    await chat.say((await chat.create(settings)).id, 'Something else altogether')
    const again = await chat.ended(await studio.client.chat.regenerate({ messageId: second.id, settings: { seed: 1 } }))
    expect(textOf(again)).toBe(textOf(second))
  })

  it.each(['lookup', 'draft', 'medusa', 'mtp', 'early-exit', 'eagle'] as const)(
    'drafts by %s with the same words as plain decoding, and says what was accepted',
    async (name) => {
      const { id } = await chat.create(settings)
      const plain = await chat.say(id, 'the cat and the dog and the cat and the')
      const strategy = { name, draftLength: 3 } as const
      const drafted = await chat.ended(
        await studio.client.chat.regenerate({ messageId: plain.id, settings: { strategy } }),
      )
      expect(textOf(drafted)).toBe(textOf(plain))
      const phase = drafted.statistics?.phases.find((one) => one.phase === 'answer')
      expect(phase).toMatchObject({ speculation: { strategy: name } })
      // A second turn in the same conversation goes on from the rows of the first.
      const next = await chat.say(id, 'and then?', { settings: { strategy } })
      expect(next.status).toBe('complete')
    },
  )

  it('drafts by another model of the library, with the same words; a stranger is named', async () => {
    const { id } = await chat.create(settings)
    const plain = await chat.say(id, 'the cat and the dog and the cat and the')
    const strategy = {
      name: 'draft' as const,
      draftModel: modelIdSchema.parse('tiny-causal-lm-standard'),
      draftLength: 3,
    }
    const drafted = await chat.ended(
      await studio.client.chat.regenerate({ messageId: plain.id, settings: { strategy } }),
    )
    expect(textOf(drafted)).toBe(textOf(plain))
    expect(drafted.parameters).toMatchObject({ strategy })
    expect(drafted.statistics?.phases.at(-1)).toMatchObject({ speculation: { strategy: 'draft' } })
    const stranger = { ...strategy, draftModel: modelIdSchema.parse('stranger') }
    const refused = await chat.ended(
      await studio.client.chat.regenerate({ messageId: plain.id, settings: { strategy: stranger } }),
    )
    expect(refused).toMatchObject({ status: 'failed', failure: { code: 'MODEL_NOT_FOUND' } })
  })

  it('branches: another answer and another question stand beside the first, and either can be shown', async () => {
    const { id } = await chat.create(settings)
    const first = await chat.say(id, 'First')
    const other = await chat.ended(await studio.client.chat.regenerate({ messageId: first.id, settings: {} }))
    const follow = await chat.say(id, 'Second')
    const edited = await studio.client.chat.edit({ messageId: first.parentId!, text: 'Changed', settings: {} })
    await chat.ended(edited.answer)
    let detail = await studio.client.chat.get({ conversationId: id })
    expect(detail.messages).toHaveLength(7)
    expect(activePath(detail).map(textOf)[0]).toBe('Changed')
    detail = { ...detail, ...(await studio.client.chat.choose({ messageId: follow.id })) }
    expect(activePath(detail).map(({ id: shown }) => shown)).toEqual([
      first.parentId,
      other.id,
      follow.parentId,
      follow.id,
    ])
    expect(siblingsOf(detail.messages, first)).toHaveLength(2)
    // Going on from another branch than the one shown.
    const { message } = await studio.client.chat.send({ conversationId: id, text: 'Here', parentId: first.id })
    expect(message.parentId).toBe(first.id)
  })

  it('stops, keeps what was written, and goes on from there', async () => {
    const { id } = await chat.create({ ...settings, maxTokens: 400 })
    const { answer } = await studio.client.chat.send({ conversationId: id, text: 'Count' })
    await chat.until(id, (_detail, event) => event.type === 'piece')
    await studio.client.chat.stop({ messageId: answer.id })
    const stopped = await chat.ended(answer)
    expect(stopped).toMatchObject({ status: 'stopped', failure: null })
    expect(textOf(stopped)).not.toBe('')
    expect(stopped.statistics?.phases.some(({ phase }) => phase === 'answer')).toBe(true)
    await studio.client.chat.update({ conversationId: id, settings })
    const { answer: waiting } = await studio.client.chat.send({ conversationId: id, text: 'Go on' })
    await chat.ended(waiting)
    const longer = await studio.client.chat.continue({ messageId: stopped.id })
    await studio.client.chat.stop({ messageId: longer.id })
    const ended = await chat.ended(longer)
    expect(ended.parentId).toBe(stopped.parentId)
    expect(textOf(ended).startsWith(textOf(stopped))).toBe(true)
  })

  it('marks an answer stopped whose job leaves the queue before it ran', async () => {
    const { id } = await chat.create(settings)
    await studio.client.jobs.pause({ paused: true })
    const { answer } = await studio.client.chat.send({ conversationId: id, text: 'Wait' })
    expect(answer.jobId).not.toBeNull()
    await expect(studio.client.chat.send({ conversationId: id, text: 'Too early' })).rejects.toMatchObject({
      code: 'JOB_STATE',
    })
    await studio.client.jobs.cancel({ jobId: answer.jobId! })
    expect((await chat.ended(answer)).status).toBe('stopped')
    await studio.client.jobs.pause({ paused: false })
  })

  it('offers what to leave out when the context is full, and answers when it is left out', async () => {
    const { id } = await chat.create(settings)
    await chat.say(id, 'word '.repeat(90))
    const refusal = await studio.client.chat
      .send({ conversationId: id, text: 'more '.repeat(90) })
      .then(() => null)
      .catch((error: unknown) => error as { code: string; data: { context: { leaveOut: { messageId: never }[] } } })
    expect(refusal).toMatchObject({ code: 'CONTEXT_FULL', data: { context: { limit: 512 } } })
    const { leaveOut } = refusal!.data.context
    expect(leaveOut.length).toBeGreaterThan(0)
    const estimate = await studio.client.chat.estimate({ conversationId: id, text: 'more '.repeat(90) })
    expect(estimate.leaveOut).toEqual(leaveOut)
    await studio.client.chat.leaveOut({ messageIds: leaveOut.map(({ messageId }) => messageId), leftOut: true })
    expect((await chat.say(id, 'more '.repeat(90))).status).toBe('complete')
  })

  it('estimates rows that the turn then takes, without loading the model', async () => {
    const { id } = await chat.create(settings)
    const estimate = await studio.client.chat.estimate({ conversationId: id, text: 'How many rows?' })
    expect(estimate).toMatchObject({ decision: { rule: 'text-only' }, leaveOut: [], memory: { fits: true } })
    const answer = await chat.say(id, 'How many rows?')
    const [, prefill] = answer.statistics?.phases ?? []
    if (prefill?.phase !== 'prefill') throw new Error('No prefill was measured')
    // The last row of a prompt is read with the first token.
    expect(prefill.rows + prefill.reusedRows + 1).toBe(estimate.rows.total)
    const second = await studio.client.chat.estimate({ conversationId: id, text: 'And now?' })
    expect(second.seconds?.high).toBeGreaterThan(0)
  })

  it('refuses what cannot be sent, each with a code and the field', async () => {
    const { id } = await chat.create(settings)
    const send = (rest: object) => studio.client.chat.send({ conversationId: id, text: '', ...rest })
    await expect(send({ text: '  ' })).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { field: 'text' } })
    await expect(send({ text: 'x', mode: 'draw' })).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#246' } })
      .png()
      .toBuffer()
    const picture = await studio.client.chat.attach({ file: new File([new Uint8Array(png)], 'blue.png') })
    expect(picture).toMatchObject({ width: 30, height: 20, name: 'blue.png' })
    await expect(send({ text: 'what is it?', attachments: [picture] })).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      data: { field: 'attachments' },
    })
    await expect(
      send({ text: 'x', settings: { strategy: { name: 'retrieval' }, precision: 'none' } }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'settings.precision' },
    })
    const none = await studio.client.chat.create({})
    await expect(studio.client.chat.send({ conversationId: none.id, text: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'modelId' },
    })
    await expect(
      studio.client.chat
        .create({ modelId: modelIdSchema.parse('gone') })
        .then(({ id: gone }) => studio.client.chat.send({ conversationId: gone, text: 'x' })),
    ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    // Nothing of what was refused was filed.
    expect((await studio.client.chat.get({ conversationId: id })).messages).toEqual([])
  })

  it('goes on with another model in mid-conversation', async () => {
    const { id } = await chat.create(settings)
    await chat.say(id, 'First')
    await studio.client.chat.update({
      conversationId: id,
      modelId: modelIdSchema.parse('tiny-causal-lm-standard'),
      settings: { maxTokens: 8 },
    })
    const second = await chat.say(id, 'Second')
    expect(second).toMatchObject({ status: 'complete', modelId: 'tiny-causal-lm-standard' })
  })

  it('keeps what is typed until it is sent', async () => {
    const { id } = await chat.create(settings)
    const draft = { text: 'half a', attachments: [], mode: 'auto' as const, editing: null }
    await studio.client.chat.saveDraft({ conversationId: id, draft })
    expect((await studio.client.chat.get({ conversationId: id })).draft).toEqual(draft)
    await chat.say(id, 'half a thought')
    expect(await studio.client.chat.draft({ conversationId: id })).toBeNull()
  })

  it.each(['json', 'markdown'] as const)('comes back equal from an export as %s', async (format) => {
    const { id } = await chat.create(settings)
    const first = await chat.say(id, 'Export me')
    await chat.ended(await studio.client.chat.regenerate({ messageId: first.id, settings: {} }))
    const { file } = await studio.client.chat.export({ conversationId: id, format })
    expect(file.name).toBe(format === 'json' ? 'Export-me.json' : 'Export-me.zip')
    const imported = await studio.client.chat.import({ file })
    const [before, after] = await Promise.all(
      [id, imported.id].map((conversationId) => studio.client.chat.get({ conversationId })),
    )
    expect(activePath(after!).map(textOf)).toEqual(activePath(before!).map(textOf))
    expect(after!.messages.map(({ parts }) => parts)).toEqual(before!.messages.map(({ parts }) => parts))
  })
})
