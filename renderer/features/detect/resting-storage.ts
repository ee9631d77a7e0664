import { createJSONStorage, type PersistStorage } from 'zustand/middleware'

/** Milliseconds without a change after which it is written. */
const rest = 250

/**
 * The page's own storage, written to once what is kept rests: a slider that is dragged changes it at every frame, and each write holds
 * the page up. What waits is written before the page goes.
 */
export function restingStorage<State>(): PersistStorage<State> | undefined {
  const waiting = new Map<string, string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function write(): void {
    clearTimeout(timer)
    for (const [name, value] of waiting) localStorage.setItem(name, value)
    waiting.clear()
  }

  window.addEventListener('pagehide', write)
  return createJSONStorage<State>(() => ({
    getItem: (name) => waiting.get(name) ?? localStorage.getItem(name),
    setItem(name, value) {
      waiting.set(name, value)
      clearTimeout(timer)
      timer = setTimeout(write, rest)
    },
    removeItem(name) {
      waiting.delete(name)
      localStorage.removeItem(name)
    },
  }))
}
