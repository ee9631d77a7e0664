import { useEffect } from 'react'
import { fitted, zoomAt } from '../../ui/viewport'
import { removePicture, walkPictures } from './actions'
import type { DetectFeature } from './feature'
import { stepScore } from './form-store'
import { walkBoxes } from './walk-boxes'

const zoomStep = 1.25

/**
 * Single keys of the panel, never heard in text fields. What moves by arrows and has the focus keeps them. It listens below the window,
 * so that the shell's own Esc comes after.
 */
export function useDetectKeys(feature: DetectFeature): void {
  useEffect(() => {
    const { view } = feature
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (!(event.target instanceof Element) || isBusy(event.target, event.key)) return
      const run = actionOf(feature, event)
      if (run === null) return
      event.preventDefault()
      run()
    }
    function release(event: Event): void {
      if (event instanceof KeyboardEvent && event.key.toLowerCase() !== 'h') return
      if (view.getState().isPeeking) view.setState({ isPeeking: false })
    }
    document.addEventListener('keydown', onKeyDown)
    document.addEventListener('keyup', release)
    // A key that is let go over another window is never heard here.
    window.addEventListener('blur', release)
    return () => {
      document.removeEventListener('keydown', onKeyDown)
      document.removeEventListener('keyup', release)
      window.removeEventListener('blur', release)
    }
  }, [feature])
}

function actionOf(feature: DetectFeature, event: KeyboardEvent): (() => void) | null {
  const { form, view, video, stage } = feature
  const isFilm = video.store.getState().kind === 'film'
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case 'h':
      return () => view.setState({ isPeeking: true })
    case '[':
      return () => stepScore(form, -1)
    case ']':
      return () => stepScore(form, 1)
    case '+':
    case '=':
      return () => zoom(feature, zoomStep)
    case '-':
      return () => zoom(feature, 1 / zoomStep)
    case '0':
      return () => view.setState({ viewport: fitted })
    case ',':
      return isFilm ? () => video.step(-1) : null
    case '.':
      return isFilm ? () => video.step(1) : null
    case ' ':
      return isFilm ? () => video.toggle() : () => {}
    case 'ArrowLeft':
      return () => void walkPictures(feature, -1)
    case 'ArrowRight':
      return () => void walkPictures(feature, 1)
    case 'ArrowUp':
      return () => walkBoxes(feature, -1)
    case 'ArrowDown':
      return () => walkBoxes(feature, 1)
    case 'Delete': {
      const id = stage.getState().picture?.detectionId ?? null
      return id === null ? null : () => removePicture(feature, id)
    }
    case 'Escape':
      return escape(feature)
    default:
      return null
  }
}

/** Takes away what was chosen; null where nothing was, and the shell's own Esc acts. */
function escape({ view }: DetectFeature): (() => void) | null {
  const { selected, isCellPinned, soloClass } = view.getState()
  if (selected !== null) return () => view.setState({ selected: null })
  if (isCellPinned) return () => view.setState({ isCellPinned: false, cell: null })
  if (soloClass !== null) return () => view.setState({ soloClass: null })
  return null
}

/** Zooms around the middle of the stage. */
export function zoom({ view }: DetectFeature, factor: number): void {
  const element = document.querySelector<HTMLElement>('[data-region="stage"]')
  const world = element?.querySelector<HTMLElement>('[data-world]')
  if (element == null || world == null) return
  const picture = { width: world.offsetWidth, height: world.offsetHeight }
  const stage = { width: element.clientWidth, height: element.clientHeight }
  view.setState(({ viewport }) => ({ viewport: zoomAt(viewport, factor, { x: 0, y: 0 }, picture, stage) }))
}

function isBusy(target: Element, key: string): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"][data-focused]') !== null) return true
  if (target.matches('textarea, [contenteditable="true"], input:not([type="range"]):not([type="checkbox"])'))
    return true
  const takesArrows =
    '[role="slider"], input[type="range"], [role="radio"], [role="radiogroup"], [role="tab"], [role="toolbar"]'
  if (/^(Arrow|Home|End)/.test(key) && target.closest(takesArrows) !== null) return true
  return key === ' ' && target.closest('button, [role="button"], [role="radio"], [role="tab"], label, a') !== null
}
