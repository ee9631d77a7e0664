// A branch of a conversation as the engine reads it.

import type { Answer, Message, MessagePart } from '../../contract/chat'
import type { ChatParameters, ChatSettings, ModeDecision } from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import type { AssetId } from '../../contract/ids'
import type { TurnMessage, TurnPart, TurnPicture } from '../chat/turn'
import type { AssetStore } from '../storage/assets'
import type { EngineTurn } from './chat-engine'
import { decodeAsStored } from './pictures'

/** What a turn is made from besides the messages. */
export interface TurnShape {
  readonly decision: Pick<ModeDecision, 'mode'>
  readonly parameters: ChatParameters
  /** What was set by people: an edit takes its source's size where they set none. */
  readonly settings: Pick<ChatSettings, 'drawing'>
  /** A thought that is given, not written. */
  readonly thought: string | null
  readonly begun: string
}

/** The branch up to the message to answer, as a turn without pixels. */
export function turnOf(path: readonly Message[], shape: TurnShape): EngineTurn {
  const { decision, parameters, settings, thought, begun } = shape
  const { drawing, system, history, maxTokens, sampling, precision, strategy } = parameters
  const isEdit = decision.mode === 'edit'
  return {
    mode: decision.mode,
    system,
    messages: path.filter(({ leftOut }, index) => !leftOut || index === path.length - 1).flatMap(turnMessage),
    history,
    thinking:
      thought !== null
        ? { kind: 'given', text: thought }
        : parameters.think
          ? { kind: 'write', maxTokens: parameters.thinkTokens }
          : { kind: 'none' },
    maxTokens,
    sampling,
    drawing:
      drawing === null
        ? null
        : {
            ...drawing,
            width: isEdit && settings.drawing?.width === undefined ? null : drawing.width,
            height: isEdit && settings.drawing?.height === undefined ? null : drawing.height,
          },
    precision,
    strategy,
    begun,
  }
}

/** An answer that failed before its first word leaves nothing to read. */
function turnMessage({ id, role, parts }: Message): TurnMessage[] {
  const pictures = parts.flatMap((part): TurnPart[] => {
    const picture = pictureOf(part)
    return picture === null ? [] : [picture]
  })
  const texts = parts.flatMap((part): TurnPart[] =>
    part.type === 'text' && part.text.trim() !== '' ? [{ type: 'text', text: part.text }] : [],
  )
  // Pictures before the words: a picture after the last words would take away what guides the drawing.
  const read = [...pictures, ...texts]
  return read.length === 0 ? [] : [{ id, role, parts: read }]
}

/** A picture of a part, attached or drawn. Previews of an unfinished one are none. */
export function pictureOf(part: MessagePart): TurnPicture | null {
  if (part.type === 'picture') return { type: 'picture', id: part.assetId, width: part.width, height: part.height }
  if (part.type === 'drawn' && part.assetId !== null && part.state !== 'drawing') {
    return { type: 'picture', id: part.assetId, width: part.width, height: part.height }
  }
  return null
}

/** The picture that an edit at the end of a branch would change: the last one there is. */
export function lastPicture(path: readonly Message[]): AssetId | null {
  for (const { parts, leftOut } of [...path].reverse()) {
    if (leftOut) continue
    for (const part of [...parts].reverse()) {
      const picture = pictureOf(part)
      if (picture !== null) return picture.id as AssetId
    }
  }
  return null
}

/** The thought that an answer has before it is begun: a person wrote it, or the answer goes on after it; null where there is none. */
export function givenThought({ parts }: Answer): string | null {
  const isGoneOnWith = parts.some(({ type }) => type === 'text')
  const part = parts.find((one) => one.type === 'think' && (one.edited || isGoneOnWith))
  return part?.type === 'think' ? part.text : null
}

/** The same turn with the pixels of its pictures. @throws StudioError ASSET_NOT_FOUND, INVALID_INPUT */
export async function withPixels(turn: EngineTurn, assets: AssetStore): Promise<EngineTurn> {
  const read = async (part: TurnPart): Promise<TurnPart> => {
    if (part.type === 'text') return part
    return { ...part, pixels: await decodeAsStored(await assets.read(part.id as AssetId), 'attachments') }
  }
  const messages = turn.messages.map(async (message) => ({
    ...message,
    parts: await Promise.all(message.parts.map(read)),
  }))
  return { ...turn, messages: await Promise.all(messages) }
}

/** Refuses a message that says nothing. @throws StudioError INVALID_INPUT */
export function checkSaid(said: { text: string; attachments: readonly unknown[] }, mode: ModeDecision['mode']): void {
  if (said.text.trim() !== '') return
  if (said.attachments.length === 0) {
    throw new StudioError('INVALID_INPUT', 'The message is empty', {
      field: 'text',
      remedy: 'Write something, or attach a picture.',
    })
  }
  if (mode === 'read') return
  throw new StudioError(
    'INVALID_INPUT',
    mode === 'draw' ? 'Nothing says what to draw' : 'Nothing says what to change',
    {
      field: 'text',
      remedy: 'Write it in a few words.',
    },
  )
}
