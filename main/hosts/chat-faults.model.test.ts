import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StudioClient } from '../../contract/client'
import type { Answer, ChatDraft } from '../../contract/chat'
import { activePath, textOf } from '../../contract/chat-tree'
import { openStudio } from './studio'
import { ChatClient } from './testing/chat-client'

// The studio is killed while a picture is drawn. Nothing that was said may be lost, and the turn must be one that can be asked again.

const isBuilt = existsSync('dist/cli/atelier.cjs')
let data = ''
const models = join(process.cwd(), 'test-fixtures/models')

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = models
  data = await mkdtemp(join(tmpdir(), 'chat-faults-'))
})
afterAll(async () => {
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

async function serve(): Promise<{ child: ChildProcess; client: StudioClient }> {
  const child = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', '0', '--json'], {
    env: { ...process.env, ATELIER_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<URL>((resolve, reject) => {
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
      const url = /http:\/\/[^"\s]+/.exec(out)
      if (url !== null) resolve(new URL(url[0]))
    })
    child.once('exit', () => reject(new Error(`It ended: ${out}`)))
  })
  const authorization = `Bearer ${address.searchParams.get('token')}`
  return { child, client: createORPCClient(new RPCLink({ url: `${address.origin}/api`, headers: { authorization } })) }
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

describe.skipIf(!isBuilt)('a studio that is killed while it draws', () => {
  it('keeps the conversation and what was typed, marks the turn, and draws it when asked again', async () => {
    const { child, client } = await serve()
    await client.settings.set({ device: 'cpu' })
    const remote = new ChatClient(client, 'tiny-bagel')
    const { id } = await remote.create({ maxTokens: 4, drawing: { steps: 200 } })
    const words = await remote.say(id, 'What is a cat?')
    const { answer } = await client.chat.send({ conversationId: id, text: 'Draw one' })
    const draft: ChatDraft = { text: 'and then a', attachments: [], mode: 'draw', editing: null }
    await client.chat.saveDraft({ conversationId: id, draft })
    await remote.until(id, (_detail, event) => event.type === 'step' && event.step >= 60)
    await killed(child)

    const studio = await openStudio({ data, jobs: 'persistent' })
    try {
      const detail = await studio.client.chat.get({ conversationId: id })
      expect(activePath(detail)).toHaveLength(4)
      expect(textOf(detail.messages[1]!)).toBe(textOf(words))
      expect(detail.draft).toEqual(draft)
      const cut = detail.messages.find((message) => message.id === answer.id) as Answer
      expect(cut).toMatchObject({ status: 'failed', failure: { code: 'ENGINE_CRASHED' } })
      expect(cut.parts.every((part) => part.type !== 'drawn' || part.state === 'partial')).toBe(true)
      const local = new ChatClient(studio.client, 'tiny-bagel')
      const job = (await studio.client.jobs.list()).find((one) => one.id === cut.jobId)
      expect(job).toMatchObject({ status: 'failed', failure: { code: 'ENGINE_CRASHED' } })

      // The queue's retry draws the same answer in its place; regenerating puts another beside it.
      await studio.client.jobs.retry({ jobId: cut.jobId! })
      await local.until(id, ({ messages }) =>
        messages.some((one) => one.id === answer.id && one.role === 'assistant' && one.status === 'complete'),
      )
      const beside = await studio.client.chat.regenerate({ messageId: answer.id, settings: { drawing: { steps: 3 } } })
      expect((await local.ended(beside)).status).toBe('complete')
      await expect(studio.client.jobs.retry({ jobId: beside.jobId! })).resolves.toBeDefined()
      expect((await studio.client.chat.get({ conversationId: id })).messages).toHaveLength(5)
    } finally {
      await studio.close()
    }
  })

  it('forgets temporary conversations at the next start, and nobody else’s answers when a second studio opens', async () => {
    const first = await openStudio({ data, jobs: 'persistent' })
    const { id } = await first.client.chat.create({ temporary: true })
    await first.client.jobs.pause({ paused: true })
    const chat = new ChatClient(first.client, 'tiny-causal-lm')
    const kept = await chat.create({ maxTokens: 4 })
    const { answer } = await first.client.chat.send({ conversationId: kept.id, text: 'Wait' })
    const second = await serve()
    expect((await second.client.chat.get({ conversationId: id })).messages).toEqual([])
    expect((await chat.message(answer.id, kept.id)) as Answer).toMatchObject({ status: 'waiting' })
    await killed(second.child)
    await first.close()
    const third = await openStudio({ data, jobs: 'persistent' })
    await expect(third.client.chat.get({ conversationId: id })).rejects.toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
    })
    // Its job still waits in the queue, and so does the answer.
    const waiting = (await third.client.chat.get({ conversationId: kept.id })).messages[1] as Answer
    expect(waiting.status).toBe('waiting')
    await third.client.jobs.pause({ paused: false })
    expect((await new ChatClient(third.client, 'tiny-causal-lm').ended(waiting)).status).toBe('complete')
    await third.close()
  })
})
