/**
 * What the Electron preload gives the page, and the commands that the native menu and the page share. The page runs
 * without any of it in a browser.
 */
import type { AssetId } from './ids'

/** Sent by `window.postMessage` with the studio's MessagePort as `ports[0]`. */
export interface DesktopPortMessage {
  readonly type: 'atelier:port'
  /** Differs for each engine process, so that a page can tell a fresh port from a repeated one. */
  readonly nonce: string
}

export type EngineState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  /** The engine ended by itself and a new one is on its way. */
  | { readonly kind: 'restarting'; readonly attempt: number; readonly reason: string }
  /** It will not be started again without the user's say. */
  | { readonly kind: 'failed'; readonly reason: string }

export type Unsubscribe = () => void

export interface DesktopHost {
  copyImage(assetId: AssetId): Promise<void>
  /** Asks where to, then writes the asset's bytes. False where the user changed their mind. */
  saveImageAs(assetId: AssetId, suggestedName: string): Promise<boolean>
  /** To be called from a `dragstart` listener whose default was prevented. */
  startDrag(assetId: AssetId): void
  openFolderDialog(): Promise<string | null>
  /** Where a DOM `File` lies that was dropped or picked; null where it is on no disk. */
  pathOf(file: object): string | null
  revealAsset(assetId: AssetId): Promise<void>
  setTheme(theme: 'system' | 'dark' | 'light'): void
  notify(title: string, body: string): void
  onMenuCommand(listener: (command: string) => void): Unsubscribe
  onEngineState(listener: (state: EngineState) => void): Unsubscribe
}

/** `window.atelier`, absent in a browser. */
export interface DesktopBridge {
  readonly platform: 'electron'
  /** Asks for a port to the engine; it comes as a `DesktopPortMessage`, now and after each restart of the engine. */
  requestPort(): void
  readonly host: DesktopHost
}

export interface DesktopCommand {
  readonly id: string
  readonly title: string
  /** Where the native menu shows it. */
  readonly menu: 'File' | 'Edit' | 'View' | 'Go' | 'Image' | 'Help'
  /** In Electron's accelerator notation. The page handles the key itself, so the menu only displays it. */
  readonly accelerator?: string
}

/** The commands that a native menu offers; choosing one sends its id to the page. */
export const desktopCommands = [
  { id: 'image.generate', title: 'Add to Queue', menu: 'Image', accelerator: 'CommandOrControl+Enter' },
  {
    id: 'image.generateFirst',
    title: 'Add to Front of Queue',
    menu: 'Image',
    accelerator: 'CommandOrControl+Shift+Enter',
  },
  { id: 'queue.stop', title: 'Stop Current Job', menu: 'Image', accelerator: 'CommandOrControl+.' },
  { id: 'image.startImage', title: 'Choose Start Image…', menu: 'File' },
  { id: 'image.save', title: 'Save Picture As…', menu: 'File', accelerator: 'CommandOrControl+S' },
  { id: 'app.settings', title: 'Settings', menu: 'File', accelerator: 'CommandOrControl+,' },
  { id: 'app.undo', title: 'Undo Last Action', menu: 'Edit' },
  { id: 'image.search', title: 'Find Picture', menu: 'Edit', accelerator: 'CommandOrControl+F' },
  { id: 'app.palette', title: 'Command Palette', menu: 'View', accelerator: 'CommandOrControl+K' },
  { id: 'queue.toggle', title: 'Show Queue', menu: 'View', accelerator: 'CommandOrControl+J' },
  { id: 'app.details', title: 'Show or Hide Details', menu: 'View' },
  { id: 'app.theme', title: 'Switch Theme', menu: 'View' },
  { id: 'go.image', title: 'Image', menu: 'Go', accelerator: 'CommandOrControl+1' },
  { id: 'app.shortcuts', title: 'Keyboard Shortcuts', menu: 'Help' },
] as const satisfies readonly DesktopCommand[]
