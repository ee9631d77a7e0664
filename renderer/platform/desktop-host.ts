import type { DesktopBridge } from '../../contract/desktop'
import type { Host } from './host'

export function createDesktopHost(bridge: DesktopBridge): Host {
  const { host } = bridge
  return {
    kind: 'electron',
    hasFiles: true,
    copyImage: (assetId) => host.copyImage(assetId),
    saveImageAs: (assetId, suggestedName) => host.saveImageAs(assetId, suggestedName),
    dragImage(event, assetId) {
      // The native drag takes over: the page's own would carry an address instead of a file.
      event.preventDefault()
      host.startDrag(assetId)
    },
    openFolderDialog: () => host.openFolderDialog(),
    pathOf: (file) => host.pathOf(file),
    revealAsset: (assetId) => host.revealAsset(assetId),
    setTheme: (theme) => host.setTheme(theme),
    setTitle(title) {
      document.title = title
    },
    notify(title, body) {
      if (document.visibilityState === 'visible' && document.hasFocus()) return
      host.notify(title, body)
    },
    onMenuCommand: (listener) => host.onMenuCommand(listener),
    onEngineState: (listener) => host.onEngineState(listener),
  }
}
