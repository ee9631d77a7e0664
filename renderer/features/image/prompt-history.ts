import { persist } from 'zustand/middleware'
import { createStore } from 'zustand/vanilla'

export interface PromptHistoryState {
  /** The newest first, each once. */
  readonly prompts: readonly string[]
  /** Those that stay on top whatever is written later, the newest first. */
  readonly pinned: readonly string[]
  /** Place in the list while stepping through it; -1 is the text that was being written. */
  readonly place: number
  readonly unsent: string
}

const most = 200

export function createPromptHistory() {
  return createStore<PromptHistoryState>()(
    persist((): PromptHistoryState => ({ prompts: [], pinned: [], place: -1, unsent: '' }), {
      name: 'atelier.image.prompts',
      version: 1,
      partialize: ({ prompts, pinned }) => ({ prompts, pinned }),
    }),
  )
}

export type PromptHistory = ReturnType<typeof createPromptHistory>

export function rememberPrompt(history: PromptHistory, prompt: string): void {
  const text = prompt.trim()
  if (text === '') return
  history.setState((state) => ({
    prompts: [text, ...state.prompts.filter((old) => old !== text)].slice(0, most),
    place: -1,
    unsent: '',
  }))
}

/** Pins a prompt to the top of the list, or lets it go back to its place in time. */
export function togglePin(history: PromptHistory, prompt: string): void {
  history.setState(({ pinned }) => ({
    pinned: pinned.includes(prompt) ? pinned.filter((one) => one !== prompt) : [prompt, ...pinned],
  }))
}

/** The text to show after a step back (1) or forth (-1) in time. The text being written waits at the end. */
export function stepPrompt(history: PromptHistory, current: string, direction: 1 | -1): string | null {
  const { prompts, place, unsent } = history.getState()
  const start = place
  let next = start + direction
  // The prompt in hand is usually the newest of the list: stepping onto it would look like nothing happened.
  if (start === -1 && direction === 1 && prompts[0] === current.trim()) next += 1
  if (next < -1 || next >= prompts.length) return null
  history.setState({ place: next, ...(start === -1 ? { unsent: current } : {}) })
  return next === -1 ? unsent : (prompts[next] ?? null)
}

/** Writing leaves the list: what is in the field is a new text. */
export function leaveHistory(history: PromptHistory): void {
  if (history.getState().place !== -1) history.setState({ place: -1 })
}
