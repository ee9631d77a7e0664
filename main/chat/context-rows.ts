// How many rows a turn takes, by message, and whether they fit into what the model reads.

import { StudioError } from '../../contract/errors'
import { messageIdSchema } from '../../contract/ids'
import type { TextTokenizer } from '../text/text-tokenizer'
import type { BagelFacts } from './manifest'
import type { PictureSize } from './picture-size'
import { taggedThought } from './thought-text'
import { totalRows, type PlannedBlock, type Transcript } from './transcript'
import type { ChatPlan, ChatTurn, MessageRows, PlannedPicture } from './turn'

export type RowPlan = Pick<
  ChatPlan,
  'pictures' | 'messages' | 'systemRows' | 'rows' | 'answerRows' | 'limit' | 'leaveOut' | 'size'
>

/** @throws StudioError INVALID_INPUT where the picture to draw has a size that the model does not have */
export function planRows(turn: ChatTurn, transcript: Transcript, facts: BagelFacts, tokenizer: TextTokenizer): RowPlan {
  const { blocks } = transcript
  const size = pictureSize(turn, transcript, facts)
  const ids = [...new Set(blocks.map(({ messageId }) => messageId).filter((id) => id !== null))]
  const messages = ids.map((id) => ({ id, ...rowsByKind(blocks.filter(({ messageId }) => messageId === id)) }))
  const rows = rowsByKind(blocks)
  const wordRows = tokenizer.encodePart(turn.begun ?? '').length + turn.maxTokens + 2
  const answerRows = thoughtRows(turn, tokenizer) + (size === null ? wordRows : latentRows(size, facts))
  const limit = facts.context
  return {
    pictures: plannedPictures(blocks, facts),
    messages,
    systemRows: totalRows(blocks.filter(({ messageId }) => messageId === null)),
    rows,
    answerRows,
    limit,
    leaveOut: oldestMessages(messages, rows.total + answerRows - limit),
    size,
  }
}

/** @throws StudioError CONTEXT_FULL with what can be left out */
export function checkContextRows({ rows, answerRows, limit, leaveOut, messages }: RowPlan): void {
  const needed = rows.total + answerRows
  if (needed <= limit) return
  const largest = messages.reduce((most, message) => (message.total > most.total ? message : most), messages[0]!)
  const remedy =
    leaveOut.length > 0
      ? `Leave out the ${leaveOut.length === 1 ? 'oldest message' : `${leaveOut.length} oldest messages`}, or ask for a shorter answer.`
      : `Shorten the message or use fewer pictures: the largest message alone takes ${largest.total} rows.`
  throw new StudioError(
    'CONTEXT_FULL',
    `The conversation takes ${rows.total} rows and its answer up to ${answerRows}, but the model reads ${limit} at most`,
    {
      remedy,
      context: {
        rows: needed,
        limit,
        leaveOut: leaveOut.map(({ id, rows: own }) => ({ messageId: messageIdSchema.parse(id), rows: own })),
      },
    },
  )
}

function rowsByKind(blocks: readonly PlannedBlock[]): Omit<MessageRows, 'id'> {
  const rows = { text: 0, vit: 0, vae: 0 }
  for (const block of blocks) rows[block.kind] += block.rows
  return { ...rows, total: rows.text + rows.vit + rows.vae }
}

/** The oldest messages that make room for `excess` rows; none where all but the last are not enough. */
function oldestMessages(messages: readonly MessageRows[], excess: number): { id: string; rows: number }[] {
  let freed = 0
  const oldest: { id: string; rows: number }[] = []
  for (const { id, total } of messages.slice(0, -1)) {
    if (freed >= excess) break
    oldest.push({ id, rows: total })
    freed += total
  }
  return freed >= excess ? oldest : []
}

function plannedPictures(blocks: readonly PlannedBlock[], facts: BagelFacts): PlannedPicture[] {
  const pictures = new Map<string, { id: string; seen: PlannedPicture['seen']; encoded: PlannedPicture['encoded'] }>()
  for (const block of blocks) {
    if (block.kind === 'text') continue
    const { id } = block.picture
    const picture = pictures.get(id) ?? { id, seen: null, encoded: null }
    const unit = block.kind === 'vit' ? facts.vitPatch : facts.latentDownsample
    const tokens = (block.size.width / unit) * (block.size.height / unit)
    picture[block.kind === 'vit' ? 'seen' : 'encoded'] = { ...block.size, tokens }
    pictures.set(id, picture)
  }
  return [...pictures.values()]
}

/** Rows of a thought, the two tokens around it included. An answer in words goes on after its thought in the same text. */
function thoughtRows({ thinking, drawing }: ChatTurn, tokenizer: TextTokenizer): number {
  const around = drawing === null ? 0 : 2
  switch (thinking.kind) {
    case 'none':
      return 0
    case 'write':
      return thinking.maxTokens + around
    case 'given':
      return tokenizer.encodePart(taggedThought(thinking.text)).length + around
  }
}

function latentRows({ width, height }: PictureSize, { latentDownsample }: BagelFacts): number {
  return (width / latentDownsample) * (height / latentDownsample) + 2
}

/** What is drawn: as asked for, or as large as the last picture. */
function pictureSize({ drawing }: ChatTurn, { lastPicture }: Transcript, facts: BagelFacts): PictureSize | null {
  if (drawing === null) return null
  const size = {
    width: drawing.width ?? lastPicture?.width ?? facts.defaults.draw.width ?? largestSide(facts),
    height: drawing.height ?? lastPicture?.height ?? facts.defaults.draw.height ?? largestSide(facts),
  }
  for (const side of ['width', 'height'] as const) {
    const length = size[side]
    const most = facts.maxLatentSize * facts.latentDownsample
    if (length >= facts.latentDownsample && length <= most && length % facts.latentDownsample === 0) continue
    throw new StudioError('INVALID_INPUT', `This model draws no picture with a ${side} of ${length} px`, {
      field: `drawing.${side}`,
      remedy: `Choose a multiple of ${facts.latentDownsample} up to ${most}.`,
    })
  }
  return size
}

/** The largest side at which the model was trained to draw. */
export function largestSide(facts: BagelFacts): number {
  const { latentDownsample, maxLatentSize, vaeTransform } = facts
  return Math.min(maxLatentSize * latentDownsample, vaeTransform.maxSide)
}
