import type { BrowserWindowConstructorOptions } from 'electron'
import { smallestWindow, type Place } from './window-place'

/** Colours of the window itself, equal to `--bg` and `--muted` of the page's theme. */
export const themeColours = {
  dark: { background: '#131518', symbols: '#a3a8af' },
  light: { background: '#fafaf8', symbols: '#5a5c60' },
} as const
export type ThemeColours = (typeof themeColours)[keyof typeof themeColours]

/** Height of the title bar that the page draws, `--top` in its style sheet, less the line below it. */
export const overlayHeight = 39

export interface WindowSurroundings {
  readonly platform: NodeJS.Platform
  /** Electron's major version. */
  readonly electron: number
  readonly colours: ThemeColours
  readonly place: Place
  readonly preload: string
  readonly icon: string
}

/**
 * Whether the window's buttons can be laid over the page. On Linux a hidden title bar would have no buttons at all
 * before Electron 44.
 */
export function canOverlayControls(platform: NodeJS.Platform, electron: number): boolean {
  return platform !== 'linux' || electron >= 44
}

export function overlayOptions(colours: ThemeColours): { color: string; symbolColor: string; height: number } {
  return { color: colours.background, symbolColor: colours.symbols, height: overlayHeight }
}

export function windowOptions(surroundings: WindowSurroundings): BrowserWindowConstructorOptions {
  const { platform, electron, colours, place, preload, icon } = surroundings
  return {
    ...place,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Atelier',
    // Shown once it has something to show.
    show: false,
    backgroundColor: colours.background,
    // The menu would lie between the frame and the page's own title bar; Alt brings it up.
    autoHideMenuBar: true,
    ...(platform === 'linux' ? { icon } : {}),
    ...(canOverlayControls(platform, electron)
      ? { titleBarStyle: 'hidden', titleBarOverlay: overlayOptions(colours) }
      : {}),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Its dictionaries are fetched from a server, and the studio makes no connection of its own.
      spellcheck: false,
    },
  }
}
