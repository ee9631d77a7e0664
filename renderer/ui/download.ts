/** Hands a text to the browser, or to the desktop's save dialog, as a file. */
export function download(name: string, mediaType: string, text: string): void {
  downloadBlob(name, new Blob([text], { type: mediaType }))
}

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
