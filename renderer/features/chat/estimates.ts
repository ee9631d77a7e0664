import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TurnEstimate } from '../../../contract/chat-events'
import type { Failure } from '../../../contract/errors'
import type { MessageId } from '../../../contract/ids'
import { failureOf, isLostConnection } from '../../client/failure'
import { answerInHand, currentModel } from './selectors'
import type { ChatFeature } from './feature'

export interface EstimateState {
  readonly estimate: TurnEstimate | null
  /** Why this turn could not be: a mode that the model lacks, an edit without a picture. */
  readonly failure: Failure | null
}

/** What the turn in the composer would be, asked for a moment after it was last changed. */
export interface Estimates {
  readonly store: StoreApi<EstimateState>
  /** Keeps asking for as long as the panel is open. */
  start(): () => void
}

type Needs = Pick<ChatFeature, 'studio' | 'view' | 'open' | 'composer' | 'settings'>

const wait = 220
const nothing: EstimateState = { estimate: null, failure: null }

export function createEstimates(needs: Needs): Estimates {
  const { studio, view, open, composer, settings } = needs
  const store = createStore<EstimateState>(() => nothing)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = ''

  async function ask(): Promise<void> {
    const mine = ++turn
    const model = currentModel(needs)
    const { conversationId, detail } = open.store.getState()
    if (model === null || (conversationId !== null && detail === null)) {
      store.setState(nothing)
      return
    }
    const { text, attachments, mode, editing } = composer.store.getState().draft
    const question = {
      conversationId,
      modelId: model.id,
      text,
      attachments,
      mode: model.chat.modes.length === 1 ? ('auto' as const) : mode,
      settings: settings.current(),
      ...(editing === null ? {} : { parentId: parentOf(editing) }),
    }
    // The same question while an answer streams in would only cost time.
    const key = JSON.stringify([question, detail?.messages.length, answerInHand(detail)?.id, leftOut()])
    if (key === last) return
    last = key
    try {
      const estimate = await studio.client.chat.estimate(question)
      if (mine === turn) store.setState({ estimate, failure: null })
    } catch (error) {
      last = ''
      // A turn that cannot be is no fault of the studio: it is told beside the composer and nowhere else.
      if (mine === turn && !isLostConnection(error)) store.setState({ estimate: null, failure: failureOf(error) })
    }
  }

  function parentOf(messageId: MessageId): MessageId | null {
    return open.store.getState().detail?.messages.find(({ id }) => id === messageId)?.parentId ?? null
  }

  function leftOut(): string {
    return (open.store.getState().detail?.messages ?? []).map((message) => (message.leftOut ? 1 : 0)).join('')
  }

  function askSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), wait)
  }

  return {
    store,
    start() {
      last = ''
      const stops = [
        composer.store.subscribe((state, old) => {
          if (state.draft !== old.draft) askSoon()
        }),
        open.store.subscribe((state, old) => {
          if (isSameShape(state.detail, old.detail)) return
          askSoon()
        }),
        view.subscribe((state, old) => {
          if (state.newModelId !== old.newModelId || state.newSettings !== old.newSettings) askSoon()
        }),
        studio.models.subscribe(askSoon),
      ]
      askSoon()
      return () => {
        clearTimeout(timer)
        for (const stop of stops) stop()
      }
    },
  }
}

/** Rows without which the turn cannot be: words may come out shorter than their limit, a picture's rows are all needed. */
export function neededRows({ rows, decision }: TurnEstimate): number {
  return rows.total + (decision.mode === 'read' ? 1 : rows.answer)
}

type Detail = ReturnType<Needs['open']['store']['getState']>['detail']

/** Whether only words were added: those of an answer in the making, which count when it is over. */
function isSameShape(one: Detail, other: Detail): boolean {
  if (one === other) return true
  if (one === null || other === null || one.conversation !== other.conversation) return false
  return one.messages.length === other.messages.length && answerInHand(one) !== null && answerInHand(other) !== null
}
