import { Bot, GitBranch, PencilLine, SlidersHorizontal } from 'lucide-react'
import { useStore } from 'zustand'
import type { Answer } from '../../../../contract/chat'
import type { ChatMode } from '../../../../contract/chat-settings'
import type { MenuAction } from '../../../ui/menu'
import { leaveOut, regenerate, reuse } from '../actions'
import { useChat } from '../context'
import { duplicateConversation } from '../conversation-actions'
import { chatModels } from '../selectors'
import { modeWords } from '../setting-words'

/** What can be done with an answer besides copying it and asking again. */
export function useAnswerMenu(answer: Answer, onRewrite: () => void): readonly MenuAction[] {
  const feature = useChat()
  const models = useStore(feature.studio.models, (state) => state.models)
  const able = chatModels(models).filter(({ state }) => state.kind === 'ready')
  const modes = able.find(({ id }) => id === answer.modelId)?.chat.modes ?? []
  const otherModes = modes.filter((mode): mode is ChatMode => mode !== answer.decision.mode)
  return [
    {
      id: 'reuse',
      label: 'Reuse its settings and seed',
      icon: <SlidersHorizontal size={14} />,
      run: () => reuse(feature, answer),
    },
    ...otherModes.map((mode, index) => ({
      id: `mode-${mode}`,
      label: `Answer again: ${modeWords[mode].label}`,
      startsGroup: index === 0,
      run: () => void regenerate(feature, answer.id, { mode }),
    })),
    ...able
      .filter(({ id }) => id !== answer.modelId)
      .slice(0, 6)
      .map(({ id, name }, index) => ({
        id: `model-${id}`,
        label: `Answer again with ${name}`,
        icon: <Bot size={14} />,
        startsGroup: index === 0,
        run: () => void regenerate(feature, answer.id, { modelId: id }),
      })),
    {
      id: 'rewrite',
      label: 'Change its words…',
      icon: <PencilLine size={14} />,
      startsGroup: true,
      ...(answer.parts.some(({ type }) => type === 'text') ? {} : { disabledReason: 'It holds no words' }),
      run: onRewrite,
    },
    {
      id: 'out',
      label: answer.leftOut ? 'Let the model read it again' : 'Leave it out of what is read',
      run: () => leaveOut(feature, [answer.id], !answer.leftOut),
    },
    {
      id: 'branch',
      label: 'New conversation from here',
      icon: <GitBranch size={14} />,
      run: () => void duplicateConversation(feature, answer.conversationId, answer.id),
    },
  ]
}
