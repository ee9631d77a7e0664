import { useStore } from 'zustand'
import type { Answer } from '../../../../contract/chat'
import { ErrorNote, type ErrorAction } from '../../../ui/error-note'
import { plural } from '../../../ui/format'
import { leaveOut, regenerate, retry, retrySmaller } from '../actions'
import { useChat } from '../context'
import type { ChatFeature } from '../feature'
import { currentModel } from '../selectors'

/** Why an answer did not come about, with the ways on. It stays in the turn, and everything before it as it was. */
export function AnswerFailure({ answer }: { readonly answer: Answer }) {
  const feature = useChat()
  useStore(feature.studio.models, (state) => state.models)
  if (answer.failure === null) return null
  return <ErrorNote failure={answer.failure} actions={waysOn(feature, answer)} />
}

function waysOn(feature: ChatFeature, answer: Answer): readonly ErrorAction[] {
  const { failure, parameters, modelId } = answer
  const again: ErrorAction = { label: 'Try again', run: () => retry(feature, answer) }
  switch (failure?.code) {
    case 'CONTEXT_FULL': {
      const ids = failure.context?.leaveOut.map(({ messageId }) => messageId) ?? []
      if (ids.length === 0) return [again]
      const leave = async (): Promise<void> => {
        leaveOut(feature, ids, true)
        await regenerate(feature, answer.id)
      }
      return [{ label: `Leave out ${plural(ids.length, 'older message')} and answer`, run: () => void leave() }, again]
    }
    case 'OUT_OF_MEMORY':
    case 'NOT_FINITE':
      return parameters.drawing === null
        ? [again]
        : [{ label: 'Draw it smaller', run: () => retrySmaller(feature, answer) }, again]
    case 'MODEL_NOT_FOUND':
    case 'MODEL_BROKEN': {
      const other = currentModel(feature)
      return other === null || other.id === modelId
        ? [again]
        : [
            {
              label: `Let ${other.name} answer`,
              run: () => void regenerate(feature, answer.id, { modelId: other.id }),
            },
            again,
          ]
    }
    case undefined:
      return [again]
    default:
      return [again]
  }
}
