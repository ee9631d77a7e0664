import { clipboard, ClipboardItem, type NativeImage } from 'electron'

/** The clipboard as it was before Electron 44. */
interface OldClipboard {
  writeImage?(image: NativeImage): void
}

export async function writePicture(image: NativeImage): Promise<void> {
  const old = clipboard as OldClipboard
  if (old.writeImage !== undefined) {
    old.writeImage(image)
    return
  }
  const png = new Blob([new Uint8Array(image.toPNG())], { type: 'image/png' })
  await clipboard.write([new ClipboardItem({ 'image/png': png })])
}
