import type { AssetId } from '../../contract/ids'
import type { Host } from './host'

export function createBrowserHost(assetUrl: (assetId: string) => string): Host {
  return {
    kind: 'browser',
    hasFiles: false,
    async copyImage(assetId) {
      // The promise inside keeps the user's gesture alive while the picture is fetched.
      const blob = fetch(assetUrl(assetId)).then((response) => response.blob())
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob.then(asPng) })])
    },
    async saveImageAs(assetId, suggestedName) {
      const link = document.createElement('a')
      link.href = assetUrl(assetId)
      link.download = suggestedName
      link.click()
      return true
    },
    dragImage(event, assetId, suggestedName) {
      const url = new URL(assetUrl(assetId), window.location.href).href
      event.dataTransfer?.setData('DownloadURL', `image/png:${suggestedName}:${url}`)
      event.dataTransfer?.setData('text/uri-list', url)
      event.dataTransfer?.setData(assetDragType, assetId)
    },
    openFolderDialog: async () => null,
    pathOf: () => null,
    revealAsset: async () => {},
    setTheme() {},
    setTitle(title) {
      document.title = title
    },
    notify(title, body) {
      if (document.visibilityState === 'visible' && document.hasFocus()) return
      if ('Notification' in window && Notification.permission === 'granted') new Notification(title, { body })
    },
    onMenuCommand: () => () => {},
    onEngineState: () => () => {},
  }
}

/** Marks a drag that began inside the studio, so that a drop on the studio needs no upload. */
export const assetDragType = 'application/x-atelier-asset'

export function draggedAsset(transfer: DataTransfer | null): AssetId | null {
  const id = transfer?.getData(assetDragType)
  return id ? (id as AssetId) : null
}

async function asPng(blob: Blob): Promise<Blob> {
  if (blob.type === 'image/png') return blob
  const bitmap = await createImageBitmap(blob)
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  return canvas.convertToBlob({ type: 'image/png' })
}
