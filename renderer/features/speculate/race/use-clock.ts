import { useEffect } from 'react'
import { useSpeculate } from '../context'

/** Runs at once and whenever the replay's clock moves, past React: sixty times a second while it plays. */
export function useClock(onTime: (time: number) => void): void {
  const { view } = useSpeculate()
  useEffect(() => {
    onTime(view.getState().time)
    return view.subscribe((state, old) => {
      if (state.time !== old.time) onTime(state.time)
    })
  }, [view, onTime])
}
