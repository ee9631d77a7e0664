import { app, BrowserWindow } from 'electron'
import type { EngineProcess } from './engine-process'

/** How long quitting may take before the app leaves anyway. */
const longestQuit = 8_000

/**
 * Lets one app run for one folder of data; a second one hands over to it.
 * @returns false where this is the second one, which is to quit
 */
export function isOnlyInstance(): boolean {
  if (app.requestSingleInstanceLock()) return true
  app.quit()
  return false
}

export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** @param openWindow opens the window where there is none */
export function setupLifecycle(openWindow: () => BrowserWindow): void {
  const showWindow = (): void => bringToFront(BrowserWindow.getAllWindows()[0] ?? openWindow())
  app.on('second-instance', () => void app.whenReady().then(showWindow))
  app.on('activate', () => void app.whenReady().then(showWindow))
  app.on('window-all-closed', () => {
    // On a Mac an app stays until it is told to quit.
    if (process.platform !== 'darwin') app.quit()
  })
}

/** Gives the engine time to write down what it has before the app ends. The windows are closed by then. */
export function stopBeforeQuit(engine: EngineProcess): void {
  let isStopped = false
  app.on('will-quit', (event) => {
    if (isStopped) return
    event.preventDefault()
    const tooLong = new Promise<void>((resolve) => setTimeout(resolve, longestQuit))
    void Promise.race([engine.stop(), tooLong]).then(() => {
      isStopped = true
      app.quit()
    })
  })
}
