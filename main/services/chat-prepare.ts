import type { Attachment, Conversation, Message, UserMessage } from '../../contract/chat'
import { textOf } from '../../contract/chat-tree'
import {
  chatLimits,
  type ChatModeChoice,
  type ChatParameters,
  type ChatSettings,
  type ModeDecision,
} from '../../contract/chat-settings'
import { StudioError } from '../../contract/errors'
import { messageIdSchema, type ModelId } from '../../contract/ids'
import type { ChatPlan } from '../chat/turn'
import type { AssetStore } from '../storage/assets'
import type { ChatEngine } from './chat-engine'
import { decideMode } from './chat-mode'
import { mergeSettings, resolveParameters } from './chat-parameters'
import { lastPicture, turnOf } from './chat-turn'

export interface TurnRequest {
  readonly conversation: Pick<Conversation, 'modelId' | 'settings'>
  /** The branch before the question. */
  readonly before: readonly Message[]
  readonly question: UserMessage
  readonly mode: ChatModeChoice
  readonly settings: ChatSettings
  readonly modelId?: ModelId | undefined
  /** A thought that is given, not written. */
  readonly thought?: string
  /** Words with which the answer begins already. */
  readonly begun?: string
  /** Of an answer that is gone on with: everything is as it was. */
  readonly parameters?: ChatParameters
}

/** A turn that could be run: who answers, how, and what it comes to. */
export interface PreparedTurn {
  readonly engine: ChatEngine
  readonly decision: ModeDecision
  readonly parameters: ChatParameters
  readonly plan: ChatPlan
}

/**
 * Decides everything about a turn before it is queued, so that a fault shows at the composer and not minutes later.
 * @throws StudioError INVALID_INPUT, MODEL_NOT_FOUND, MODEL_BROKEN, MODEL_UNSUPPORTED, TOO_MANY_PICTURES, ASSET_NOT_FOUND
 */
export async function prepareTurn(
  request: TurnRequest,
  needs: { engine: (modelId: string) => Promise<ChatEngine>; assets: AssetStore },
): Promise<PreparedTurn> {
  const { conversation, before, question, thought = null, begun = '' } = request
  const modelId = request.modelId ?? conversation.modelId
  if (modelId === null) {
    throw new StudioError('INVALID_INPUT', 'No model is chosen for this conversation', {
      field: 'modelId',
      remedy: 'Choose one above the conversation.',
    })
  }
  const engine = await needs.engine(modelId)
  const { facts, model } = engine
  const attachments = question.parts.filter((part) => part.type === 'picture')
  checkAttachments(attachments, engine)
  for (const { assetId } of attachments) await needs.assets.read(assetId)
  const lastAnswer = before.at(-1)
  const decision = decideMode({
    asked: request.mode,
    text: textOf(question),
    attached: attachments.length,
    hasEarlier: lastPicture(before) !== null,
    followsDrawing: lastAnswer?.role === 'assistant' && lastAnswer.parts.some(({ type }) => type === 'drawn'),
    modes: facts.modes,
    modelName: model.name,
  })
  const settings = mergeSettings(request.settings, conversation.settings)
  const resolved = request.parameters ?? resolveParameters({ name: model.name, facts }, decision.mode, settings)
  const parameters = thought === null ? resolved : { ...resolved, think: true }
  const turn = turnOf([...before, question], { decision, parameters, settings, thought, begun })
  const plan = await engine.plan(turn)
  const { drawing } = parameters
  return {
    engine,
    decision,
    // An edit takes its source's size, as the model scales it.
    parameters:
      drawing === null || plan.size === null ? parameters : { ...parameters, drawing: { ...drawing, ...plan.size } },
    plan,
  }
}

function checkAttachments(attachments: readonly Attachment[], { facts, model }: ChatEngine): void {
  if (attachments.length === 0) return
  if (!facts.seesPictures) {
    throw new StudioError('MODEL_UNSUPPORTED', `${model.name} sees no pictures`, {
      field: 'attachments',
      remedy: 'Remove the pictures, or choose a model of the BAGEL family.',
    })
  }
  const most = Math.min(facts.maxPictures, chatLimits.pictures)
  if (attachments.length > most) {
    throw new StudioError(
      'TOO_MANY_PICTURES',
      `${model.name} takes at most ${most} pictures in a message, not ${attachments.length}`,
      {
        field: 'attachments',
        remedy: `Remove ${attachments.length - most} of them, or send them in several messages.`,
      },
    )
  }
}

/** Refuses a turn that does not fit. @throws StudioError CONTEXT_FULL with what to leave out, OUT_OF_MEMORY */
export function checkFits({ plan, decision, engine }: PreparedTurn): void {
  const { rows, limit, memory, leaveOut } = plan
  // Words may come out shorter than their limit; a picture's rows are all needed.
  const needed = rows.total + (decision.mode === 'read' ? 1 : plan.answerRows)
  if (needed > limit) {
    throw new StudioError(
      'CONTEXT_FULL',
      `The conversation has ${needed.toLocaleString('en')} rows with this message, and ${engine.model.name} reads ${limit.toLocaleString('en')}`,
      {
        field: 'text',
        remedy:
          leaveOut.length > 0
            ? `Leave out the ${leaveOut.length === 1 ? 'earliest message' : `${leaveOut.length} earliest messages`}, or begin a new conversation.`
            : 'Shorten the message or send fewer pictures: it alone is too long.',
        context: {
          rows: needed,
          limit,
          leaveOut: leaveOut.map(({ id, rows: freed }) => ({ messageId: messageIdSchema.parse(id), rows: freed })),
        },
      },
    )
  }
  if (!memory.fits) {
    throw new StudioError(
      'OUT_OF_MEMORY',
      `This turn takes about ${gigabytes(memory.total)}, and ${gigabytes(memory.available)} is free`,
      {
        field: 'modelId',
        remedy: 'Choose a smaller picture or precision, close other programs, or take a smaller model.',
      },
    )
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
