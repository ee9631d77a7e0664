/** The frame that a video shows, as a picture of its own size. @throws where the browser cannot draw it */
export async function frameFile(element: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(element.videoWidth, element.videoHeight)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser cannot draw a video')
  context.drawImage(element, 0, 0)
  // Every look waits for this, so it is the format that is written fastest.
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 })
  return new File([blob], 'frame.jpg', { type: 'image/jpeg' })
}
