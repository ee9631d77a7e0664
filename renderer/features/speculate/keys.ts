import { useEffect } from 'react'
import type { SpeculateFeature } from './feature'

/** Single keys of the panel. They are never heard in text fields, and leave buttons their Space. */
export function useSpeculateKeys(feature: SpeculateFeature): void {
  useEffect(() => {
    const { view, playback } = feature
    const actions: Readonly<Record<string, () => void>> = {
      j: () => playback.step(1),
      k: () => playback.step(-1),
      h: () => view.setState((state) => ({ isPlainText: !state.isPlainText })),
      r: () => view.setState((state) => ({ showsRefused: !state.showsRefused })),
      ' ': () => playback.toggle(),
    }
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (!(event.target instanceof Element) || isBusy(event.target, event.key)) return
      const run = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (run === undefined || feature.race.getState().race === null) return
      event.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [feature])
}

function isBusy(target: Element, key: string): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return true
  if (target.matches('input, textarea, [contenteditable="true"]')) return true
  return key === ' ' && target.closest('button, [role="button"], [role="radio"], [role="tab"], a') !== null
}
