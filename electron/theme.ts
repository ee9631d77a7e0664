import { nativeTheme, type BrowserWindow } from 'electron'
import type { ShellMemory } from './shell-state'
import { canOverlayControls, overlayOptions, themeColours, type ThemeColours } from './window-options'

export type ThemeChoice = 'system' | 'dark' | 'light'

export function currentColours(): ThemeColours {
  return nativeTheme.shouldUseDarkColors ? themeColours.dark : themeColours.light
}

/** Menus, dialogs and the page's `prefers-color-scheme` follow this one switch. */
export function setTheme(theme: ThemeChoice, memory: ShellMemory): void {
  nativeTheme.themeSource = theme
  memory.change({ theme })
}

/** Keeps the parts of the window that the page does not draw in the page's colours. */
export function followTheme(window: BrowserWindow): void {
  const paint = (): void => {
    const colours = currentColours()
    window.setBackgroundColor(colours.background)
    // macOS colours its own buttons.
    const electron = Number.parseInt(process.versions.electron, 10)
    if (process.platform !== 'darwin' && canOverlayControls(process.platform, electron)) {
      window.setTitleBarOverlay(overlayOptions(colours))
    }
  }
  nativeTheme.on('updated', paint)
  window.on('closed', () => nativeTheme.off('updated', paint))
}
