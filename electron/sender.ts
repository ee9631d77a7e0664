import { appOrigin } from './scheme'

/** The part of Electron's WebFrameMain that says whose message this is. */
export interface SenderFrame {
  readonly url: string
  readonly parent: object | null
}

/**
 * Whether a message comes from our own page. To be called first thing in a handler: the frame is gone once it has
 * navigated.
 */
export function isTrustedSender(frame: SenderFrame | null | undefined): boolean {
  if (frame === null || frame === undefined || frame.parent !== null) return false
  return isAppUrl(frame.url)
}

export function isAppUrl(text: string): boolean {
  try {
    // The origin property is "null" for schemes that Node does not know, so it is put together here.
    const { protocol, host } = new URL(text)
    return `${protocol}//${host}` === appOrigin
  } catch {
    return false
  }
}
