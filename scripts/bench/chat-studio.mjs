// The studio's side of the Chat bench: turns through its own API, timed by the statistics that it shows with each answer.
import { readFile } from 'node:fs/promises'
import { startCore } from './core.mjs'
import { threads } from './table.mjs'

export class ChatStudio {
  #core
  #modelId

  constructor(core, modelId) {
    this.#core = core
    this.#modelId = modelId
  }

  static async start(data, folder, modelId) {
    const core = await startCore(data)
    await core.client.models.addFolder({ folder })
    await core.client.settings.set({ device: 'cpu', threads })
    return new ChatStudio(core, modelId)
  }

  async round({ picture, question, maxTokens, draw, edit }) {
    const file = new File([await readFile(picture)], 'picture.png', { type: 'image/png' })
    const attachment = await this.#core.client.chat.attach({ file })
    const read = await this.#turn('read', question, [attachment], { maxTokens, temperature: 0 })
    const drawn = await this.#turn('draw', draw.text, [], { drawing: drawingOf(draw) })
    const edited = await this.#turn('edit', edit.text, [attachment], { drawing: drawingOf(edit) })
    return {
      prefill: phaseOf(read, 'prefill'),
      answer: phaseOf(read, 'answer'),
      draw: phaseOf(drawn, 'draw'),
      edit: phaseOf(edited, 'draw'),
      outside: { read: read.outside, draw: drawn.outside, edit: edited.outside },
    }
  }

  close() {
    return this.#core.close()
  }

  async #turn(mode, text, attachments, settings) {
    const { client } = this.#core
    const { id } = await client.chat.create({ modelId: this.#modelId, settings: { seed: 7, ...settings } })
    const { answer } = await client.chat.send({ conversationId: id, text, attachments, mode })
    const { status, statistics, failure, jobId } = await this.#ended(answer)
    if (status !== 'complete') throw new Error(failure?.message ?? `The answer was ${status}`)
    // The job is over a moment after its answer.
    const { log } = await client.jobs.get({ jobId })
    const line = log.map((entry) => /Graphs ran for ([\d.]+) of ([\d.]+) ms/.exec(entry.text)).find((found) => found)
    const [graphs, whole] = [Number(line[1]), Number(line[2])]
    const total = whole - statistics.phases.find(({ phase }) => phase === 'load').milliseconds
    return { phases: statistics.phases, outside: (total - graphs) / total }
  }

  async #ended({ id, conversationId }) {
    const abort = new AbortController()
    try {
      for await (const event of await this.#core.client.chat.follow({ conversationId }, { signal: abort.signal })) {
        const messages = event.type === 'snapshot' ? event.messages : event.type === 'message' ? [event.message] : []
        const answer = messages.find((message) => message.id === id)
        if (answer !== undefined && answer.status !== 'waiting' && answer.status !== 'running') return answer
      }
      throw new Error('The core ended before the answer')
    } finally {
      abort.abort()
    }
  }
}

function drawingOf({ text: _, ...drawing }) {
  return drawing
}

function phaseOf({ phases }, name) {
  const { milliseconds, ...counts } = phases.find(({ phase }) => phase === name)
  return { ...counts, seconds: milliseconds / 1000 }
}
