import type { Failure } from '../contract/errors'

/** Names of the messages between the preload and the shell. Both are built from this one list. */
export const channels = {
  copyImage: 'host:copy-image',
  saveImageAs: 'host:save-image-as',
  startDrag: 'host:start-drag',
  openFolderDialog: 'host:open-folder-dialog',
  revealAsset: 'host:reveal-asset',
  setTheme: 'host:set-theme',
  notify: 'host:notify',
  menuCommand: 'menu:command',
  requestPort: 'engine:request-port',
  port: 'engine:port',
  engineState: 'engine:state',
} as const

/** What an invoked handler answers. Electron passes on nothing but the message of a thrown error, so none is thrown. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: Failure }
