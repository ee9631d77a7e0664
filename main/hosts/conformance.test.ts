import { createORPCClient } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { StudioClient } from '../../contract/client'
import {
  assetIdSchema,
  conversationIdSchema,
  detectionIdSchema,
  detectionRunIdSchema,
  jobIdSchema,
  messageIdSchema,
  modelIdSchema,
} from '../../contract/ids'
import type { JobEvent } from '../../contract/jobs'
import { protocolVersion } from '../../contract/studio'
import { sampleRace } from '../storage/testing/sample-records'
import { openStudio, type Studio } from './studio'
import { startWebHost, type WebHost } from './web-host'

// One suite over every way in: what a client sees must not depend on how it came.

const token = 'f'.repeat(48)
let data = ''
let studio: Studio
let host: WebHost
const closers: (() => void)[] = []

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'conformance-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  host = await startWebHost(studio, { port: 0, address: '127.0.0.1', token, pageFolder: data })
})
afterAll(async () => {
  for (const close of closers) close()
  await host.close()
  await studio.close()
  await rm(data, { recursive: true, force: true })
})

const waysIn: Record<string, () => Promise<StudioClient>> = {
  'in memory': async () => studio.client,
  'over a message port': async () => {
    const { port1, port2 } = new MessageChannel()
    new PortHandler(studio.router).upgrade(port1, { context: {} })
    port1.start()
    port2.start()
    closers.push(() => port1.close())
    // Node's ports lack one overload of the browser's type; the link uses only what both have.
    return createORPCClient(new PortLink({ port: port2 as never }))
  },
  'over a web socket': async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers: { authorization: `Bearer ${token}` } })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    closers.push(() => socket.close())
    return createORPCClient(new SocketLink({ websocket: socket as never }))
  },
  'over plain requests': async () =>
    createORPCClient(
      new FetchLink({ url: `http://127.0.0.1:${host.port}/api`, headers: { authorization: `Bearer ${token}` } }),
    ),
}

const request = {
  modelId: modelIdSchema.parse('no-such-model'),
  prompt: 'a cat',
  width: 128,
  height: 128,
  steps: 4,
  guidanceScale: 4,
  shift: 1,
  seed: 1,
}

describe.each(Object.entries(waysIn))('the studio %s', (_name, connect) => {
  let client: StudioClient
  beforeAll(async () => {
    client = await connect()
  })

  it('says what it is', async () => {
    expect(await client.studio.info()).toMatchObject({ name: 'Atelier', protocol: protocolVersion })
  })

  it('changes one setting and leaves the others', async () => {
    const before = await client.settings.get()
    const after = await client.settings.set({ theme: before.theme === 'dark' ? 'light' : 'dark' })
    expect(after).toEqual({ ...before, theme: before.theme === 'dark' ? 'light' : 'dark' })
    expect(await client.settings.get()).toEqual(after)
  })

  it('stores a picture, and the same bytes under the same id', async () => {
    const png = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#246' } })
      .png()
      .toBuffer()
    const file = new File([new Uint8Array(png)], 'blue.png', { type: 'image/png' })
    const first = await client.assets.upload({ file })
    expect(first).toMatchObject({ width: 20, height: 10, mediaType: 'image/png' })
    expect((await client.assets.upload({ file })).assetId).toBe(first.assetId)
    expect(await client.images.readSettings({ assetId: first.assetId })).toEqual({
      settings: null,
      source: null,
      text: null,
    })
  })

  it('keeps a picture that a window cannot show as one that it can', async () => {
    const tiff = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#246' } })
      .tiff()
      .toBuffer()
    const file = new File([new Uint8Array(tiff)], 'blue.tif')
    expect(await client.assets.upload({ file })).toMatchObject({ width: 20, height: 10, mediaType: 'image/png' })
  })

  it('refuses a file that is no picture, naming the field and the remedy', async () => {
    const file = new File([new Uint8Array([1, 2, 3])], 'noise.png')
    await expect(client.assets.upload({ file })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'file' },
    })
  })

  it('names the field of a request that breaks the schema', async () => {
    await expect(client.images.generate({ ...request, width: 130 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'width' },
    })
    await expect(client.images.generate({ ...request, steps: 0 })).rejects.toMatchObject({ data: { field: 'steps' } })
    await expect(client.images.generate({ ...request, steps: 10_000 })).rejects.toMatchObject({
      data: { field: 'steps' },
    })
    await expect(client.images.generate({ ...request, prompt: ' ' })).rejects.toMatchObject({
      data: { field: 'prompt' },
    })
    await expect(client.images.generate({ ...request, prompt: 'x'.repeat(100_000) })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'prompt' },
    })
  })

  it('carries an error of the table with its message and remedy', async () => {
    await expect(client.images.generate(request)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      data: { field: 'modelId' },
    })
    await expect(client.jobs.get({ jobId: jobIdSchema.parse('none') })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  it('streams the jobs: everything first, then each change, until the reader stops', async () => {
    const seen: JobEvent[] = []
    const abort = new AbortController()
    for await (const event of await client.jobs.watch(undefined, { signal: abort.signal })) {
      seen.push(event)
      if (event.type === 'snapshot') await client.jobs.pause({ paused: !event.queue.paused })
      else break
    }
    expect(seen.map(({ type }) => type)).toEqual(['snapshot', 'queue'])
    await client.jobs.pause({ paused: false })
  })

  it('computes the noise schedule', async () => {
    const { sigmas, density } = await client.images.schedule({ steps: 4, shift: 3 })
    expect(sigmas.map((sigma) => Number(sigma.toFixed(6)))).toEqual([1, 0.857692, 0.602151, 0.008929, 0])
    expect(density.length).toBeGreaterThan(10)
  })

  it('files an exported race, lists it, takes it off the list and brings it back', async () => {
    const race = sampleRace(randomUUID(), Date.now())
    const file = new File([JSON.stringify(race)], 'race.json', { type: 'application/json' })
    expect(await client.speculation.import({ file })).toEqual({ ...race, jobId: null })
    expect(await client.speculation.get({ raceId: race.id })).toEqual({ ...race, jobId: null })
    const ids = async (): Promise<string[]> => (await client.speculation.list({})).races.map(({ id }) => id)
    expect(await ids()).toContain(race.id)
    await client.speculation.remove({ raceIds: [race.id] })
    expect(await ids()).not.toContain(race.id)
    await client.speculation.restore({ raceIds: [race.id] })
    expect(await ids()).toContain(race.id)
  })

  it('refuses a file that holds no race, and a race that cannot be run', async () => {
    const file = new File(['{"format":"another"}'], 'other.json')
    await expect(client.speculation.import({ file })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'file' },
    })
    const race = { modelId: request.modelId, prompt: 'Hello', strategies: [] }
    await expect(client.speculation.race(race)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    await expect(
      client.speculation.race({ ...race, strategies: [{ name: 'lookup', draftLength: 0 }] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(client.speculation.race({ ...race, prompt: '  ' })).rejects.toMatchObject({
      data: { field: 'prompt' },
    })
  })

  it('keeps a conversation: named, moved, pinned, found, copied, taken off the list and brought back', async () => {
    const { id } = await client.chat.create({ folder: 'Work' })
    const named = await client.chat.update({
      conversationId: id,
      title: 'Penguins at noon',
      pinned: true,
      folder: null,
    })
    expect(named).toMatchObject({ title: 'Penguins at noon', named: true, pinned: true, folder: null, modelId: null })
    expect(await client.chat.get({ conversationId: id })).toEqual({ conversation: named, messages: [], draft: null })
    const found = async (filter = {}): Promise<string[]> =>
      (await client.chat.list({ search: 'penguin', ...filter })).conversations.map((one) => one.id)
    expect(await found()).toContain(id)
    expect(await found({ folder: null, pinned: true })).toContain(id)
    const copy = await client.chat.duplicate({ conversationId: id })
    expect(await found({ pinned: false })).toContain(copy.id)
    await client.chat.remove({ conversationIds: [id, copy.id] })
    expect(await found()).not.toContain(id)
    await client.chat.restore({ conversationIds: [id] })
    expect(await found()).toContain(id)
    await client.chat.remove({ conversationIds: [id] })
  })

  it('keeps what is typed, and gives it back with the conversation', async () => {
    const { id } = await client.chat.create({})
    const draft = { text: 'Give this pen', attachments: [], mode: 'edit' as const, editing: null }
    await client.chat.saveDraft({ conversationId: id, draft })
    expect((await client.chat.get({ conversationId: id })).draft).toEqual(draft)
    await client.chat.saveDraft({ conversationId: id, draft: null })
    expect(await client.chat.draft({ conversationId: id })).toBeNull()
    await client.chat.remove({ conversationIds: [id] })
  })

  it('exports a conversation as a file and takes it in again', async () => {
    const { id } = await client.chat.create({ title: 'To be exported', folder: 'Work' })
    for (const format of ['json', 'markdown'] as const) {
      const { file } = await client.chat.export({ conversationId: id, format })
      expect(file.name).toBe(`To-be-exported.${format === 'json' ? 'json' : 'zip'}`)
      const imported = await client.chat.import({ file })
      expect(imported).toMatchObject({ title: 'To be exported', folder: 'Work' })
      await client.chat.remove({ conversationIds: [imported.id] })
    }
    await client.chat.remove({ conversationIds: [id] })
    await expect(client.chat.import({ file: new File(['{}'], 'x.json') })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'file' },
    })
  })

  it('takes in pictures to talk about, and refuses what is none or too large', async () => {
    const solid = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#246' }, limitInputPixels: false })
        .png()
        .toBuffer()
    const small = new File([new Uint8Array(await solid(20, 10))], 'blue.png', { type: 'image/png' })
    const attached = await client.chat.attach({ file: small })
    expect(attached).toMatchObject({ width: 20, height: 10, name: 'blue.png' })
    expect(await client.chat.attach({ assetId: attached.assetId })).toEqual({ ...attached, name: null })
    await expect(client.chat.attach({ file: new File(['x'], 'x.png') })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'file' },
    })
    const huge = new File([new Uint8Array(await solid(10_000, 6000))], 'huge.png', { type: 'image/png' })
    await expect(client.chat.attach({ file: huge })).rejects.toMatchObject({
      code: 'PICTURE_TOO_LARGE',
      data: { field: 'file' },
    })
  })

  it('streams a conversation: all of it first, then each change, until the reader stops', async () => {
    const { id } = await client.chat.create({})
    const seen: string[] = []
    const abort = new AbortController()
    for await (const event of await client.chat.follow({ conversationId: id }, { signal: abort.signal })) {
      seen.push(event.type)
      if (event.type === 'snapshot') await client.chat.update({ conversationId: id, title: 'Changed' })
      else break
    }
    expect(seen).toEqual(['snapshot', 'conversation'])
    await client.chat.remove({ conversationIds: [id] })
    const none = conversationIdSchema.parse('none')
    await expect(client.chat.follow({ conversationId: none })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(client.chat.get({ conversationId: none })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    const nothing = messageIdSchema.parse('none')
    await expect(client.chat.regenerate({ messageId: nothing })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })

  it('names the field of a message that breaks the schema', async () => {
    const { id } = await client.chat.create({ temporary: true })
    await expect(client.chat.send({ conversationId: id, text: 'x'.repeat(100_001) })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { field: 'text' },
    })
    await expect(
      client.chat.send({ conversationId: id, text: 'x', settings: { drawing: { width: 100 } } }),
    ).rejects.toMatchObject({ data: { field: 'settings.drawing.width' } })
    await expect(client.chat.update({ conversationId: id, title: '  ' })).rejects.toMatchObject({
      data: { field: 'title' },
    })
  })

  it('refuses to look for things with what is no detector, in what is no picture or no folder', async () => {
    const modelId = modelIdSchema.parse('no-such-detector')
    const assetId = assetIdSchema.parse('0'.repeat(64))
    const folder = { kind: 'folder', folder: data } as const
    const refused = { code: 'MODEL_NOT_FOUND', data: { field: 'modelId' } }
    await expect(client.detection.detect({ modelId, assetId, name: 'x' })).rejects.toMatchObject(refused)
    await expect(client.detection.detectFrame({ modelId, file: new File(['x'], 'x') })).rejects.toMatchObject(refused)
    await expect(client.detection.layers({ modelId, assetId })).rejects.toMatchObject(refused)
    await expect(client.detection.runFolder({ modelId, source: folder })).rejects.toMatchObject(refused)
    await expect(client.detection.runFolder({ modelId, source: { kind: 'folder', folder: '' } })).rejects.toMatchObject(
      { code: 'INVALID_INPUT' },
    )
    await expect(client.detection.layers({ modelId, assetId, proposals: 0 })).rejects.toMatchObject({
      data: { field: 'proposals' },
    })
  })

  it('lists detections and runs, and knows none that there is not', async () => {
    expect(await client.detection.list({})).toEqual({ detections: [], total: 0, nextCursor: null })
    expect(await client.detection.runs({})).toEqual({ runs: [], total: 0, nextCursor: null })
    const [detectionId, runId] = [detectionIdSchema.parse('none'), detectionRunIdSchema.parse('none')]
    const missing = { code: 'DETECTION_NOT_FOUND' }
    await expect(client.detection.get({ detectionId })).rejects.toMatchObject(missing)
    await expect(client.detection.picture({ detectionId })).rejects.toMatchObject(missing)
    await expect(client.detection.remove({ detectionIds: [detectionId] })).rejects.toMatchObject(missing)
    await expect(client.detection.getRun({ runId })).rejects.toMatchObject(missing)
    await expect(client.detection.continueRun({ runId })).rejects.toMatchObject(missing)
    await expect(client.detection.removeRuns({ runIds: [runId] })).rejects.toMatchObject(missing)
    const truth = new File(['{}'], 'truth.json')
    await expect(client.detection.evaluate({ runId, truth })).rejects.toMatchObject(missing)
  })

  it('offers pictures to look for things in', async () => {
    const [example] = await client.detection.examples()
    expect(example).toMatchObject({ name: expect.stringMatching(/\.(?:jpg|png|webp)$/) as unknown })
    expect(example?.width).toBeGreaterThan(100)
  })

  it('offers prompts to race', async () => {
    expect((await client.speculation.examples()).length).toBeGreaterThan(50)
  })
})
