import { Copy, Ellipsis, RotateCw } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import type { Answer } from '../../../../contract/chat'
import { textOf } from '../../../../contract/chat-tree'
import { Button, IconButton } from '../../../ui/button'
import { Menu } from '../../../ui/menu'
import { copyMessage, goOn, regenerate } from '../actions'
import { useChat } from '../context'
import { useModel } from '../selectors'
import { shortStatistics } from '../statistics'
import { AnswerStatistics } from './answer-statistics'
import { useAnswerMenu } from './use-answer-menu'
import styles from './answer-foot.module.css'
import { Siblings } from './siblings'

interface AnswerFootProps {
  readonly answer: Answer
  readonly place: number
  readonly count: number
  readonly isLast: boolean
  readonly tags: ReactNode
  readonly onRewrite: () => void
}

/** The quiet line below an answer: its branches, what can be done with it, and what it cost, which unfolds. */
export function AnswerFoot({ answer, place, count, isLast, tags, onRewrite }: AnswerFootProps) {
  const feature = useChat()
  const model = useModel()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const menu = useAnswerMenu(answer, onRewrite)
  const { statistics, status, parts } = answer
  const lastPart = parts.at(-1)
  const isCut = statistics?.phases.some((phase) => phase.phase === 'answer' && phase.finishReason === 'length') === true
  const canGoOn =
    isLast && lastPart?.type === 'text' && (status === 'stopped' || isCut) && model?.chat.canContinue === true
  return (
    <footer>
      <div className={styles.line}>
        <Siblings message={answer} place={place} count={count} />
        {textOf(answer) === '' ? null : (
          <IconButton label="Copy the answer" onPress={() => void copyMessage(answer)}>
            <Copy size={12} strokeWidth={2} />
          </IconButton>
        )}
        <IconButton label="Answer again" onPress={() => void regenerate(feature, answer.id)}>
          <RotateCw size={12} strokeWidth={2} />
        </IconButton>
        <Menu label="More for this answer" actions={menu} placement="bottom start">
          <IconButton label="More for this answer">
            <Ellipsis size={12} strokeWidth={2} />
          </IconButton>
        </Menu>
        {canGoOn ? (
          <Button size="sm" onPress={() => goOn(feature, answer.id)}>
            Continue
          </Button>
        ) : null}
        <span className={styles.tags}>{tags}</span>
        {statistics === null ? null : (
          <button
            type="button"
            className={styles.statistics}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            {shortStatistics(statistics)}
          </button>
        )}
      </div>
      <div id={id} hidden={!isOpen}>
        {statistics !== null && isOpen ? <AnswerStatistics answer={answer} statistics={statistics} /> : null}
      </div>
    </footer>
  )
}
