import { app, BrowserWindow, dialog, shell } from 'electron'
import type { LogFile } from './log-file'

const buttons = ['Go on', 'Show the logs', 'Quit'] as const

/**
 * An error in the shell that nothing caught is written down and told, and the window goes on. Electron's own dialog would hold the whole
 * shell, and with it the window, until it is answered.
 */
export function tellOfFaults(log: LogFile, logs: string): void {
  let isTold = false
  let hasOpened = false
  app.once('browser-window-created', () => {
    hasOpened = true
  })
  process.on('uncaughtException', (error) => {
    log.write('shell', error.stack ?? error.message)
    const [window] = BrowserWindow.getAllWindows()
    if (!hasOpened) {
      dialog.showErrorBox('Atelier cannot start', `${error.message}\n\nStart it again. Details are in ${logs}.`)
      app.exit(1)
    }
    // Without a window there is nobody to tell, but the engine may be at work: on a Mac an app outlives its windows, and quitting waits for it.
    if (window === undefined || isTold) return
    isTold = true
    void ask(window, error).then(async (response) => {
      isTold = false
      if (buttons[response] === 'Show the logs') await shell.openPath(logs)
      if (buttons[response] === 'Quit') app.quit()
    })
  })
}

async function ask(window: BrowserWindow, error: Error): Promise<number> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'Something in Atelier’s window went wrong',
    detail: `${error.message}\n\nPictures, conversations and the queue are safe: they are kept by another process. If the window behaves oddly, quit and start Atelier again.`,
    buttons: [...buttons],
    defaultId: 0,
    cancelId: 0,
  })
  return response
}
