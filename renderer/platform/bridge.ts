import type { DesktopBridge } from '../../contract/desktop'

declare global {
  interface Window {
    readonly atelier?: DesktopBridge
  }
}

export function desktopBridge(): DesktopBridge | undefined {
  return window.atelier
}
