import { startTransition, useEffect, useState } from 'react'

const chunk = 24

/**
 * How many of the first items are not drawn yet: the last ones come at once, those before them while nothing else is to do. So a
 * long conversation opens as fast as a short one.
 * @param key of the list; another one starts anew
 */
export function useTail(length: number, key: string | null): number {
  const [state, setState] = useState({ key, shown: chunk })
  const shown = state.key === key ? state.shown : chunk
  const isWhole = shown >= length
  useEffect(() => {
    if (isWhole) return
    const more = (): void => startTransition(() => setState({ key, shown: shown + chunk }))
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(more, 0)
      return () => clearTimeout(timer)
    }
    const idle = requestIdleCallback(more, { timeout: 400 })
    return () => cancelIdleCallback(idle)
  }, [key, shown, isWhole])
  return Math.max(0, length - shown)
}
