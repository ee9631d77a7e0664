import type { Answer, ConversationDetail, Message, MessagePart } from '../../contract/chat'
import { activePath, siblingsOf } from '../../contract/chat-tree'
import type { AssetId } from '../../contract/ids'

/**
 * The branch that is shown, as Markdown.
 * @param pathOf where a picture lies beside the text; null where it is not there any more
 */
export function conversationMarkdown(detail: ConversationDetail, pathOf: (id: AssetId) => string | null): string {
  const blocks = activePath(detail).flatMap((message) => messageBlocks(message, detail.messages, pathOf))
  return `${[`# ${oneLine(detail.conversation.title)}`, ...blocks].join('\n\n')}\n`
}

function messageBlocks(
  message: Message,
  messages: readonly Message[],
  pathOf: (id: AssetId) => string | null,
): string[] {
  const siblings = siblingsOf(messages, message)
  const place = siblings.findIndex(({ id }) => id === message.id) + 1
  const which = siblings.length > 1 ? ` (${place} of ${siblings.length})` : ''
  const who = message.role === 'user' ? 'You' : message.modelName
  const blocks = [`## ${oneLine(who)}${which}`, ...message.parts.map((part) => partBlock(part, pathOf))]
  if (message.role === 'assistant') blocks.push(...facts(message))
  return blocks
}

function partBlock(part: MessagePart, pathOf: (id: AssetId) => string | null): string {
  switch (part.type) {
    case 'text':
      return part.text.trim()
    case 'think': {
      const quoted = part.text
        .trim()
        .split('\n')
        .map((line) => `> ${line}`)
      return ['> *Thought*', '>', ...quoted].join('\n')
    }
    case 'picture':
      return picture(part.assetId, part.name ?? 'Picture', pathOf)
    case 'drawn':
      return picture(part.assetId, `Drawn, ${part.width} × ${part.height}`, pathOf)
  }
}

function picture(id: AssetId | null, name: string, pathOf: (id: AssetId) => string | null): string {
  const path = id === null ? null : pathOf(id)
  const label = oneLine(name).replace(/[[\]\\]/g, '\\$&')
  return path === null ? `*${label}: the picture is not there any more*` : `![${label}](${path})`
}

/** What it takes to ask for the same again. */
function facts({ parameters, status, decision, edited }: Answer): string[] {
  const { drawing, sampling, precision } = parameters
  const said = [
    ...(status === 'complete' ? [] : [status]),
    ...(edited ? ['edited by hand'] : []),
    decision.mode,
    precision,
    `seed ${sampling.seed}`,
    ...(sampling.temperature === 0 ? [] : [`temperature ${sampling.temperature}`]),
    ...(drawing === null
      ? []
      : [`${drawing.width} × ${drawing.height}`, `${drawing.steps} steps`, `guidance ${drawing.textScale}`]),
  ]
  return [`<sub>${said.join(' · ')}</sub>`]
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
