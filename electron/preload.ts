import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import type { DesktopBridge, DesktopPortMessage, EngineState, Unsubscribe } from '../contract/desktop'
import { channels, type Reply } from './channels'

// Runs in the page's process, sandboxed, before the page. The page sees the functions below and nothing of Electron.

async function invoke(channel: string, ...values: unknown[]): Promise<unknown> {
  const reply = (await ipcRenderer.invoke(channel, ...values)) as Reply
  if (reply.ok) return reply.value
  const { message, remedy } = reply.failure
  throw new Error(remedy === undefined ? message : `${message}. ${remedy}`)
}

/** Passes on what the shell sends, without the event, which would give the page Electron's sender. */
function subscribe<T>(channel: string, listener: (value: T) => void): Unsubscribe {
  const hear = (_event: IpcRendererEvent, value: T): void => listener(value)
  ipcRenderer.on(channel, hear)
  return () => {
    ipcRenderer.off(channel, hear)
  }
}

let engineState: EngineState = { kind: 'starting' }
subscribe<EngineState>(channels.engineState, (state) => {
  engineState = state
})

ipcRenderer.on(channels.port, (event: IpcRendererEvent, { nonce }: { nonce: string }) => {
  // A port cannot pass the context bridge; a message to the own window can carry it.
  const message: DesktopPortMessage = { type: 'atelier:port', nonce }
  window.postMessage(message, window.location.origin, event.ports)
})

const bridge: DesktopBridge = {
  platform: 'electron',
  requestPort: () => ipcRenderer.send(channels.requestPort),
  host: {
    copyImage: async (assetId) => void (await invoke(channels.copyImage, assetId)),
    saveImageAs: async (assetId, suggestedName) =>
      (await invoke(channels.saveImageAs, assetId, suggestedName)) as boolean,
    startDrag: (assetId) => ipcRenderer.send(channels.startDrag, assetId),
    openFolderDialog: async () => (await invoke(channels.openFolderDialog)) as string | null,
    pathOf: (file) => webUtils.getPathForFile(file as File) || null,
    revealAsset: async (assetId) => void (await invoke(channels.revealAsset, assetId)),
    setTheme: (theme) => ipcRenderer.send(channels.setTheme, theme),
    notify: (title, body) => ipcRenderer.send(channels.notify, title, body),
    onMenuCommand: (listener) => subscribe(channels.menuCommand, listener),
    onEngineState(listener) {
      listener(engineState)
      return subscribe(channels.engineState, listener)
    },
  },
}

contextBridge.exposeInMainWorld('atelier', bridge)
