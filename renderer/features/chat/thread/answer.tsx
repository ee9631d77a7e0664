import { memo, useState } from 'react'
import { useStore } from 'zustand'
import type { PhaseEvent } from '../../../../contract/chat-events'
import type { Answer, MessagePart } from '../../../../contract/chat'
import { textOf } from '../../../../contract/chat-tree'
import { Tag } from '../../../ui/chip'
import { rethink } from '../actions'
import { useChat } from '../context'
import { isAnswering } from '../selectors'
import { AnswerFailure } from './answer-failure'
import { AnswerFoot } from './answer-foot'
import { AnswerPhase } from './answer-phase'
import styles from './answer.module.css'
import { DrawnPicture } from './drawn-picture'
import { Markdown } from './markdown'
import { RewriteField } from './rewrite-field'
import { ThinkBlock } from './think-block'

interface AnswerViewProps {
  readonly message: Answer
  readonly place: number
  readonly count: number
  readonly isLast: boolean
}

/** What a model gave: thoughts, words and pictures in the order in which they came. */
export const AnswerView = memo(function AnswerView({ message, place, count, isLast }: AnswerViewProps) {
  const { open } = useChat()
  const phase = useStore(open.store, (state) => state.phases[message.id] ?? null)
  const [isRewriting, setRewriting] = useState(false)
  const isWriting = isAnswering(message)
  return (
    <article
      className={styles.answer}
      data-message={message.id}
      data-left-out={message.leftOut || undefined}
      data-writing={isWriting || undefined}
      tabIndex={-1}
      aria-label={`Answer of ${message.modelName}`}
      aria-busy={isWriting}
    >
      {isRewriting ? (
        <RewriteField messageId={message.id} text={textOf(message)} onDone={() => setRewriting(false)} />
      ) : (
        <Parts message={message} phase={phase} />
      )}
      {isWriting ? <AnswerPhase message={message} phase={phase} /> : null}
      {message.failure === null ? null : <AnswerFailure answer={message} />}
      {isWriting ? null : (
        <AnswerFoot
          answer={message}
          place={place}
          count={count}
          isLast={isLast}
          onRewrite={() => setRewriting(true)}
          tags={
            <>
              {message.leftOut ? <Tag>left out</Tag> : null}
              {message.edited ? <Tag>edited</Tag> : null}
              {message.status === 'stopped' ? <Tag>stopped</Tag> : null}
            </>
          }
        />
      )}
    </article>
  )
})

/** A picture stands beside the words that follow it, as long as there is room. */
function Parts({ message, phase }: { readonly message: Answer; readonly phase: PhaseEvent | null }) {
  const feature = useChat()
  const { parts } = message
  const isWriting = isAnswering(message)
  const hasDrawn = parts.some(({ type }) => type === 'drawn')
  const besides = new Set(
    parts.flatMap((part, index) => (part.type === 'text' && parts[index - 1]?.type === 'drawn' ? [index] : [])),
  )
  const text = (part: MessagePart, index: number) =>
    part.type === 'text' ? (
      <Markdown key={index} text={part.text} isWriting={isWriting && index === parts.length - 1} />
    ) : null
  return parts.map((part, index) => {
    if (besides.has(index)) return null
    switch (part.type) {
      case 'think':
        return (
          <ThinkBlock
            key={index}
            part={part}
            isWriting={isWriting && index === parts.length - 1}
            onRedraw={hasDrawn ? (thought) => rethink(feature, message.id, thought) : undefined}
          />
        )
      case 'drawn': {
        const next = parts[index + 1]
        return (
          <DrawnPicture key={index} answer={message} part={part} index={index} phase={phase}>
            {next?.type === 'text' ? text(next, index + 1) : null}
          </DrawnPicture>
        )
      }
      case 'text':
        return text(part, index)
      case 'picture':
        return null
    }
  })
}
