import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

interface LiveState {
  readonly text: string
  /** Two equal messages in a row are still two messages. */
  readonly turn: number
}

const live = createStore<LiveState>(() => ({ text: '', turn: 0 }))

/** Says something to a screen reader when it has nothing else to say. */
export function announce(text: string): void {
  live.setState((state) => ({ text, turn: state.turn + 1 }))
}

export function LiveRegion() {
  const { text, turn } = useStore(live)
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      <span key={turn}>{text}</span>
    </div>
  )
}
