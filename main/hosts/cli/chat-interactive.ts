import { createInterface } from 'node:readline'
import pc from 'picocolors'
import type { Attachment } from '../../../contract/chat'
import { chatModeChoiceSchema, type ChatModeChoice } from '../../../contract/chat-settings'
import type { ChatSession } from './chat-session'
import { failureOf, printFailure, wantsColour } from './output'

const help = `/image FILE   attach a picture to the next message
/auto /read /draw /edit   what the next messages ask for
/think on|off   think before answering
/seed NUMBER   of everything that is drawn or sampled
/model ID   who answers from now on
/again   another answer to the same message
/quit   end; Ctrl-C stops an answer, and ends where there is none
`

interface Turn {
  readonly mode: ChatModeChoice
  readonly attachments: readonly Attachment[]
}

/**
 * Reads messages a line at a time until the input ends or a person has enough.
 * @param first what the first message takes with it
 */
export async function chatInteractively(session: ChatSession, first: Turn): Promise<void> {
  const isTerminal = process.stdin.isTTY === true
  const colours = pc.createColors(wantsColour(process.stderr))
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: isTerminal })
  reader.setPrompt(isTerminal ? colours.cyan('› ') : '')
  reader.on('SIGINT', () => {
    if (!session.stop()) reader.close()
  })
  if (isTerminal) process.stderr.write(colours.dim('Ctrl-C stops an answer. /help shows what there is.\n'))
  const talk = new Talk(session, first)
  reader.prompt()
  for await (const line of reader) {
    try {
      await talk.take(line)
    } catch (error) {
      // A message that is refused does not end the conversation.
      printFailure(failureOf(error), false)
    }
    if (talk.isOver) break
    reader.prompt()
  }
  reader.close()
}

class Talk {
  isOver = false
  readonly #session: ChatSession
  #turn: Turn

  constructor(session: ChatSession, first: Turn) {
    this.#session = session
    this.#turn = first
  }

  async take(line: string): Promise<void> {
    const command = /^\/(\w+)\s*(.*)$/.exec(line.trim())
    if (command === null) {
      if (line.trim() === '' && this.#turn.attachments.length === 0) return
      const { mode, attachments } = this.#turn
      await this.#session.say(line, attachments, mode)
      this.#turn = { mode, attachments: [] }
      return
    }
    await this.#command(command[1] ?? '', (command[2] ?? '').trim())
  }

  async #command(name: string, value: string): Promise<void> {
    const mode = chatModeChoiceSchema.safeParse(name)
    if (mode.success) {
      this.#turn = { ...this.#turn, mode: mode.data }
      return
    }
    switch (name) {
      case 'image':
        this.#turn = { ...this.#turn, attachments: [...this.#turn.attachments, await this.#session.attach(value)] }
        return
      case 'think':
        return this.#session.update({ settings: { think: value !== 'off' } })
      case 'seed':
        return this.#session.update({ settings: { seed: Number(value) } })
      case 'model':
        return this.#session.update({ modelId: value })
      case 'again':
        await this.#session.again()
        return
      case 'quit':
      case 'exit':
        this.isOver = true
        return
      case 'help':
        process.stderr.write(help)
        return
      default:
        process.stderr.write(`There is no /${name}.\n${help}`)
    }
  }
}
