import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import { chatLimits } from '../../../../contract/chat-settings'
import { editLast, send } from '../actions'
import { useChat } from '../context'
import { useModel } from '../selectors'
import styles from './composer-field.module.css'

/** Enter sends, Shift+Enter breaks the line, and Up in the empty field takes up the last message again. */
export function ComposerField() {
  const feature = useChat()
  const { composer } = feature
  const text = useStore(composer.store, (state) => state.draft.text)
  const focusTurn = useStore(composer.store, (state) => state.focusTurn)
  const model = useModel()
  const field = useRef<HTMLTextAreaElement>(null)

  useEffect(() => {
    const area = field.current
    // A menu or a title that is being written keeps the focus.
    if (area === null || document.querySelector('[role="dialog"], [role="menu"]') !== null) return
    area.focus()
    area.setSelectionRange(area.value.length, area.value.length)
  }, [focusTurn])

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      void send(feature)
    }
    if (event.key === 'ArrowUp' && text === '' && editLast(feature)) event.preventDefault()
  }

  return (
    <textarea
      ref={field}
      className={styles.field}
      data-field="chat-message"
      aria-label="Message"
      aria-describedby="chat-turn"
      placeholder={placeholder(model?.chat.seesPictures, model?.chat.modes.includes('draw'))}
      value={text}
      rows={1}
      maxLength={chatLimits.textCharacters}
      onChange={(event) => composer.change({ text: event.target.value })}
      onKeyDown={onKeyDown}
    />
  )
}

function placeholder(sees: boolean | undefined, draws: boolean | undefined): string {
  if (sees === true && draws === true) return 'Ask, have something drawn, or drop a picture'
  return sees === true ? 'Ask, or drop a picture' : 'Write a message'
}
