import { useEffect } from 'react'
import { stopAnswer } from './actions'
import type { ChatFeature } from './feature'

/**
 * Keys of the panel: Esc leaves an edit or stops the answer, j and k walk through the messages. Single letters are never heard
 * in text fields. It listens below the window, so that the shell's own Esc comes after.
 */
export function useChatKeys(feature: ChatFeature): void {
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"][data-focused]') !== null) return
      if (event.key === 'Escape') {
        if (leave(feature)) event.preventDefault()
        return
      }
      if (event.target instanceof Element && event.target.matches('input, textarea, [contenteditable="true"]')) return
      const direction = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
      if (direction === 0) return
      event.preventDefault()
      walk(direction)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [feature])
}

function leave({ composer, ...feature }: ChatFeature): boolean {
  if (stopAnswer({ composer, ...feature })) return true
  if (composer.store.getState().draft.editing === null) return false
  composer.cancelEdit()
  return true
}

/** Moves the focus to the next or the previous message; to the last where none has it. */
function walk(direction: 1 | -1): void {
  const messages = [...document.querySelectorAll<HTMLElement>('[data-message]')]
  const current = messages.findIndex((message) => message.contains(document.activeElement))
  const place = current < 0 ? messages.length - 1 : Math.min(messages.length - 1, Math.max(0, current + direction))
  messages[place]?.focus()
  messages[place]?.scrollIntoView({ block: 'nearest' })
}
