import type { Command } from 'commander'
import type { Answer } from '../../../contract/chat'
import { openStudio } from '../studio'
import { chatInteractively } from './chat-interactive'
import { chatMode, chatModel, chatSettings, type ChatOptions } from './chat-options'
import { ChatOutput } from './chat-output'
import { ChatSession } from './chat-session'
import { exitCodeFor, exitCodes } from './exit-codes'
import { failureOf, printFailure } from './output'

async function chat(message: string | undefined, options: ChatOptions): Promise<number> {
  const json = options.json === true
  const studio = await openStudio({ jobs: 'ephemeral' })
  let stop: (() => void) | undefined
  try {
    const mode = chatMode(options)
    const settings = chatSettings(options)
    const model = await chatModel(studio, { ...options, mode })
    const output = new ChatOutput(studio, { json, folder: options.output })
    const session = await ChatSession.open(studio, output, {
      modelId: model.id,
      settings,
      temporary: options.temporary === true,
      continue: options.continue,
    })
    const attachments = []
    for (const path of options.image ?? []) attachments.push(await session.attach(path))
    stop = () => {
      // Where nothing is being answered, it is the conversation that ends.
      if (!session.stop() && message === undefined) process.stdin.destroy()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
    if (message !== undefined) return exitOf(await session.say(message, attachments, mode))
    await chatInteractively(session, { mode, attachments })
    return exitCodes.ok
  } catch (error) {
    const failure = failureOf(error)
    printFailure(failure, json)
    return exitCodeFor(failure.code)
  } finally {
    if (stop !== undefined) process.off('SIGINT', stop).off('SIGTERM', stop)
    await studio.close()
  }
}

function exitOf({ status, failure }: Answer): number {
  if (failure !== null) return exitCodeFor(failure.code)
  return status === 'stopped' ? exitCodes.cancelled : exitCodes.ok
}

function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value]
}

export function addChat(program: Command): void {
  program
    .command('chat')
    .description('talk with a model: ask about pictures, have them drawn and changed, or just talk')
    .argument('[message]', 'what to say; without one, messages are read from standard input')
    .option('-i, --image <file>', 'picture to attach; may be given again', collect)
    .option('-m, --model <id>', 'who answers; the first that can where not given')
    .option('--read', 'answer in words')
    .option('--draw', 'draw a picture')
    .option('--edit', 'change the attached or the last picture')
    .option('--think', 'think before answering')
    .option('-o, --output <folder>', 'where pictures go', '.')
    .option('--system <text>', 'system message')
    .option('--seed <number>', 'whole number; random where not given')
    .option('--size <width>x<height>', 'of a drawn picture, in pixels')
    .option('--steps <number>', 'steps of a drawn picture')
    .option('--guidance <scale>', 'how closely a drawn picture follows the words; 1 turns guidance off')
    .option('-t, --temperature <number>', '0 takes the most likely token')
    .option('--max-tokens <number>', 'most tokens of an answer')
    .option('-s, --strategy <name>', 'how a text-only model drafts: lookup, draft, medusa, …')
    .option('-p, --precision <name>', 'one of the model’s variants')
    .option('-c, --continue <id>', 'go on with this conversation')
    .option('--temporary', 'leave the conversation out of the list in the studio')
    .option('--json', 'print one JSON object a line: turn, text, think, phases, pictures, statistics, errors')
    .action(async (message: string | undefined, options: ChatOptions) => {
      process.exitCode = await chat(message, options)
    })
}
