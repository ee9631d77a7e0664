import type { Studio } from '../studio/studio'
import type { ThemeChoice } from '../platform/host'

const storageKey = 'atelier.theme'

export function nextTheme(theme: ThemeChoice): ThemeChoice {
  return ({ system: 'dark', dark: 'light', light: 'system' } as const)[theme]
}

function resolve(theme: ThemeChoice): 'dark' | 'light' {
  if (theme !== 'system') return theme
  return window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
}

function paint(theme: ThemeChoice): void {
  document.documentElement.dataset['theme'] = resolve(theme)
}

/** Puts the theme of the last visit up before the settings are read, so that the page does not flash. */
export function paintRememberedTheme(): void {
  const saved = localStorage.getItem(storageKey)
  paint(saved === 'dark' || saved === 'light' ? saved : 'system')
}

/** Paper is white: what is printed takes the light theme, and the page its own again. */
export function printOnWhite(): () => void {
  let before: string | undefined
  function toPaper(): void {
    before = document.documentElement.dataset['theme']
    document.documentElement.dataset['theme'] = 'light'
  }
  function back(): void {
    document.documentElement.dataset['theme'] = before
  }
  window.addEventListener('beforeprint', toPaper)
  window.addEventListener('afterprint', back)
  return () => {
    window.removeEventListener('beforeprint', toPaper)
    window.removeEventListener('afterprint', back)
  }
}

/** Keeps the page's theme with the setting, and with the system where the setting says so. */
export function followTheme({ settings, host }: Studio): () => void {
  const query = window.matchMedia('(prefers-color-scheme: light)')
  function update(): void {
    const theme = settings.getState().settings?.theme
    if (theme === undefined) return
    localStorage.setItem(storageKey, theme)
    paint(theme)
    host.setTheme(theme)
  }
  update()
  query.addEventListener('change', update)
  const stop = settings.subscribe((state, old) => {
    if (state.settings?.theme !== old.settings?.theme) update()
  })
  return () => {
    query.removeEventListener('change', update)
    stop()
  }
}
