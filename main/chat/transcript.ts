// From the messages of a conversation to the blocks that the model reads, in the order of the official inferencer: think prompt,
// then each picture and text as it was given. Source: `InterleaveInferencer.interleave_inference` (inferencer.py).

import { StudioError } from '../../contract/errors'
import type { TextTokenizer } from '../text/text-tokenizer'
import { chainOf, type BlockKind } from './context'
import type { BagelFacts } from './manifest'
import { transformedSize, type PictureSize } from './picture-size'
import type { ChatTurn, TurnMessage, TurnPicture } from './turn'

/** A block before it is read. */
export type PlannedBlock = {
  /** Rows with the two tokens around it. */
  readonly rows: number
  /** How far the next position moves on. */
  readonly advance: number
  /** What the chain hash is made of besides the kind. */
  readonly content: string
  /** The message that it comes from; null for what is read before all messages. */
  readonly messageId: string | null
} & (
  | { readonly kind: 'text'; readonly ids: readonly number[] }
  | {
      readonly kind: 'vit' | 'vae'
      readonly picture: TurnPicture
      /** After the VAE's preset, which comes first in any case. */
      readonly prepared: PictureSize
      /** As the encoder sees it. */
      readonly size: PictureSize
    }
)

/** What a turn's contexts are made of. */
export interface Transcript {
  readonly blocks: readonly PlannedBlock[]
  /** The first so many blocks are the context without the last text: guidance by words leads away from it. */
  readonly withoutText: number
  /** The texts alone: guidance by pictures leads away from them. Without thoughts. */
  readonly textOnly: readonly PlannedBlock[]
  /** The last picture after the VAE's preset; undefined where there is none. */
  readonly lastPicture: PictureSize | undefined
}

export function textBlock(ids: readonly number[], messageId: string | null = null): PlannedBlock {
  const rows = ids.length + 2
  return { kind: 'text', ids, rows, advance: rows, content: ids.join(' '), messageId }
}

/** The messages that a turn reads: all, or the last one; an edit that names no picture takes the newest one before it along. */
function messagesToRead({ messages, history, mode }: ChatTurn): readonly TurnMessage[] {
  const last = messages.at(-1)
  if (last === undefined) throw new StudioError('INVALID_INPUT', 'There is no message to answer', { field: 'messages' })
  if (history) return messages
  const hasPicture = last.parts.some((part) => part.type === 'picture')
  if (mode !== 'edit' || hasPicture) return [last]
  const earlier = messages.slice(0, -1).flatMap(({ parts }) => parts.filter((part) => part.type === 'picture'))
  const newest = earlier.at(-1)
  return [newest === undefined ? last : { ...last, parts: [newest, ...last.parts] }]
}

/** @throws StudioError INVALID_INPUT where there is nothing to answer, or to edit */
export function readTranscript(turn: ChatTurn, facts: BagelFacts, tokenizer: TextTokenizer): Transcript {
  const blocks: PlannedBlock[] = []
  let withoutText = 0
  const addText = (text: string, messageId: string | null): void => {
    if (text !== '') blocks.push(textBlock(tokenizer.encodePart(text), messageId))
  }
  const { understandThink, generateThink } = facts.prompts
  if (turn.thinking.kind !== 'none') addText(turn.mode === 'read' ? understandThink : generateThink, null)
  addText(turn.system, null)
  let lastPicture: PictureSize | undefined
  for (const { id, parts } of messagesToRead(turn)) {
    for (const part of parts) {
      if (part.type === 'text') {
        withoutText = blocks.length
        addText(part.text, id)
      } else {
        lastPicture = transformedSize(part, facts.vaeTransform)
        // Understanding reads pictures with the vision encoder alone.
        if (turn.mode !== 'read') blocks.push(pictureBlock('vae', part, lastPicture, facts, id))
        blocks.push(pictureBlock('vit', part, lastPicture, facts, id))
        withoutText = blocks.length
      }
    }
  }
  if (!blocks.some(({ messageId }) => messageId !== null)) {
    throw new StudioError('INVALID_INPUT', 'The message is empty', {
      field: 'text',
      remedy: 'Write something, or attach a picture.',
    })
  }
  if (turn.mode === 'edit' && lastPicture === undefined) {
    throw new StudioError('INVALID_INPUT', 'There is no picture to edit', {
      field: 'attachments',
      remedy: 'Attach a picture, or have one drawn first.',
    })
  }
  return { blocks, withoutText, textOnly: blocks.filter(({ kind }) => kind === 'text'), lastPicture }
}

function pictureBlock(
  kind: 'vit' | 'vae',
  picture: TurnPicture,
  prepared: PictureSize,
  facts: BagelFacts,
  messageId: string,
): PlannedBlock {
  // Each encoder applies its preset to what the VAE's has made already, the VAE too.
  const size = transformedSize(prepared, kind === 'vit' ? facts.vitTransform : facts.vaeTransform)
  const unit = kind === 'vit' ? facts.vitPatch : facts.latentDownsample
  const tokens = (size.width / unit) * (size.height / unit)
  return { kind, picture, prepared, size, rows: tokens + 2, advance: 1, content: picture.id, messageId }
}

/** Chain hashes of blocks in order. */
export function chainsOf(blocks: readonly { kind: BlockKind; content: string }[]): string[] {
  let before = ''
  return blocks.map(({ kind, content }) => (before = chainOf(before, kind, content)))
}

export function totalRows(blocks: readonly PlannedBlock[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0)
}
