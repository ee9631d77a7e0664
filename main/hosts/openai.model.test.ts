import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStudio, type Studio } from './studio'
import { startWebHost, type WebHost } from './web-host'

// Chat as programs that speak OpenAI's API ask for it, on tiny models. `npm run build` makes the worker's bundle.

const isBuilt = existsSync('dist/core/inference-worker.cjs')
const token = 'f'.repeat(48)
let data = ''
let studio: Studio
let host: WebHost

beforeAll(async () => {
  process.env['ATELIER_MODELS'] = join(process.cwd(), 'test-fixtures/models')
  data = await mkdtemp(join(tmpdir(), 'openai-'))
  studio = await openStudio({ data, jobs: 'persistent' })
  await studio.client.settings.set({ device: 'cpu' })
  host = await startWebHost(studio, { port: 0, address: '127.0.0.1', token, pageFolder: data })
})
afterAll(async () => {
  await host.close()
  await studio.close()
  delete process.env['ATELIER_MODELS']
  await rm(data, { recursive: true, force: true })
})

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const url = (path: string): string => `http://127.0.0.1:${host.port}/v1${path}`
const post = (body: object): Promise<Response> =>
  fetch(url('/chat/completions'), { method: 'POST', headers, body: JSON.stringify(body) })
const hello = { model: 'tiny-causal-lm', messages: [{ role: 'user', content: 'Hello there' }], max_tokens: 12 }

interface Completion {
  readonly object: string
  readonly choices: { message: { content: string; images?: { image_url: { url: string } }[] }; finish_reason: string }[]
  readonly usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
}
const completed = async (body: object): Promise<Completion> => (await post(body)).json() as Promise<Completion>

async function chunks(response: Response): Promise<Record<string, unknown>[]> {
  const events = (await response.text()).split('\n\n').filter((event) => event !== '')
  const lines = events.map((event) => event.replace(/^data: /, ''))
  expect(lines.at(-1)).toBe('[DONE]')
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe.skipIf(!isBuilt)('chat completions', () => {
  it('lists the models that chat', async () => {
    const models = (await (await fetch(url('/models'), { headers })).json()) as { data: { id: string }[] }
    const ids = models.data.map(({ id }) => id)
    expect(ids).toContain('tiny-causal-lm')
    expect(ids).toContain('tiny-bagel')
    expect(ids).not.toContain('tiny-sd3')
  })

  it('answers, with why it ended and what it took', async () => {
    const answer = await completed(hello)
    expect(answer).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'length' }] })
    expect(answer.choices[0]?.message.content).not.toBe('')
    expect(answer.usage.completion_tokens).toBe(12)
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + 12)
  })

  it('streams the same answer in pieces', async () => {
    const whole = await completed(hello)
    const events = await chunks(await post({ ...hello, stream: true, stream_options: { include_usage: true } }))
    const deltas = events.flatMap(
      (event) => event['choices'] as { delta: { content?: string }; finish_reason: string | null }[],
    )
    expect(deltas.map(({ delta }) => delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content)
    expect(deltas.at(-1)?.finish_reason).toBe('length')
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 12 } })
  })

  it('ends an answer before a sequence to stop at, streamed or not', async () => {
    const whole = (await completed({ ...hello, max_tokens: 24 })).choices[0]?.message.content ?? ''
    const stop = whole.slice(Math.floor(whole.length / 2)).slice(0, 3)
    const wanted = whole.slice(0, whole.indexOf(stop))
    expect(wanted).not.toBe('')
    const request = { ...hello, max_tokens: 24, stop: [stop, 'never said'] }
    expect((await completed(request)).choices).toMatchObject([{ message: { content: wanted }, finish_reason: 'stop' }])
    const events = await chunks(await post({ ...request, stop, stream: true }))
    const choices = events.flatMap(
      (event) => event['choices'] as { delta: { content?: string }; finish_reason: string | null }[],
    )
    expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe(wanted)
    expect(choices.at(-1)?.finish_reason).toBe('stop')
  })

  it('reads what was said before, and a system message', async () => {
    const before = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Two' },
    ]
    const longer = await completed({ ...hello, messages: [...before, ...hello.messages] })
    const short = await completed(hello)
    expect(longer.usage.prompt_tokens).toBeGreaterThan(short.usage.prompt_tokens + 5)
  })

  it('sees pictures that come with the request, and gives back those it draws', async () => {
    const png = await sharp({ create: { width: 48, height: 32, channels: 3, background: '#246' } })
      .png()
      .toBuffer()
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } }
    const ask = (text: string) => ({
      model: 'tiny-bagel',
      messages: [{ role: 'user', content: [{ type: 'text', text }, picture] }],
    })
    const read = await completed({ ...ask('What is this?'), max_tokens: 5 })
    expect(read.usage.prompt_tokens).toBeGreaterThan(5)
    const edited = await completed({ ...ask('make it blue'), seed: 3 })
    const drawn = edited.choices[0]?.message.images?.[0]?.image_url.url ?? ''
    expect(drawn).toMatch(/^data:image\/png;base64,/)
    const { width } = await sharp(Buffer.from(drawn.split(',')[1] ?? '', 'base64')).metadata()
    expect(width).toBe(48)
  })

  it('leaves nothing of its conversations in the list', async () => {
    await completed(hello)
    expect((await studio.client.chat.list({})).total).toBe(0)
  })

  it('refuses as OpenAI’s API does, with a code and the field at fault', async () => {
    for (const [body, status, code, param] of [
      [{ ...hello, model: 'none' }, 404, 'MODEL_NOT_FOUND', 'modelId'],
      [{ ...hello, messages: [] }, 400, 'INVALID_INPUT', 'messages'],
      [{ ...hello, tools: [{}] }, 400, 'INVALID_INPUT', 'tools'],
      [{ ...hello, stop: '' }, 400, 'INVALID_INPUT', 'stop'],
      [{ ...hello, messages: [{ role: 'assistant', content: 'x' }] }, 400, 'INVALID_INPUT', 'messages'],
      [
        {
          ...hello,
          messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.y/z.png' } }] }],
        },
        400,
        'INVALID_INPUT',
        'messages',
      ],
    ] as const) {
      const response = await post(body)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { code, param, type: 'invalid_request_error' } })
    }
    const noKey = await fetch(url('/models'))
    expect(noKey.status).toBe(401)
  })

  it('stops an answer whose reader goes away', async () => {
    const abort = new AbortController()
    const body = JSON.stringify({ ...hello, max_tokens: 300, stream: true })
    const response = await fetch(url('/chat/completions'), { method: 'POST', headers, body, signal: abort.signal })
    await response.body?.getReader().read()
    abort.abort()
    for await (const event of await studio.client.jobs.watch()) {
      const jobs = event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
      if (event.type === 'snapshot' && !jobs.some(({ status }) => status === 'running')) break
      const over = jobs.find(({ status }) => status === 'cancelled' || status === 'done')
      if (event.type === 'job' && over !== undefined) {
        expect(over.status).toBe('cancelled')
        break
      }
    }
  })
})
