import { app, BrowserWindow, dialog, screen } from 'electron'
import type { LogFile } from './log-file'
import type { ShellPaths } from './paths'
import { recentCrashes, restartDelay } from './restart-policy'
import { appOrigin } from './scheme'
import type { ShellMemory } from './shell-state'
import { currentColours, followTheme } from './theme'
import { windowOptions } from './window-options'
import { placeWindow } from './window-place'

const saveDelay = 400

function rememberPlace(window: BrowserWindow, memory: ShellMemory): void {
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return
    memory.change({ window: { bounds: window.getNormalBounds(), maximized: window.isMaximized() } })
  }
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(save, saveDelay)
  }
  window.on('resize', saveSoon).on('move', saveSoon).on('maximize', saveSoon).on('unmaximize', saveSoon)
  window.on('close', save)
}

async function askAfterCrashes(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window crashes again and again',
    detail: 'Pictures and the queue are safe: they are kept by another process. Logs are in the Help menu.',
    buttons: ['Load again', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  })
  if (response === 1) app.quit()
  else if (!window.isDestroyed()) window.webContents.reload()
}

/** A page that crashed is loaded again by itself, until it crashes too often for that to help. */
function reviveAfterCrash(window: BrowserWindow, log: LogFile): void {
  let crashes: number[] = []
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return
    log.write('shell', `The page's process is gone: ${details.reason}, exit code ${details.exitCode}`)
    const now = Date.now()
    crashes = recentCrashes([...crashes, now], now)
    const delay = restartDelay(crashes, now)
    setTimeout(() => {
      if (window.isDestroyed()) return
      if (delay === null) void askAfterCrashes(window)
      else window.webContents.reload()
    }, delay ?? 0)
  })
}

export function openWindow(paths: ShellPaths, memory: ShellMemory, log: LogFile): BrowserWindow {
  const saved = memory.state.window
  // The primary screen is the first choice, wherever it stands in the list.
  const primary = screen.getPrimaryDisplay()
  const displays = [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)]
  const window = new BrowserWindow(
    windowOptions({
      platform: process.platform,
      electron: Number.parseInt(process.versions.electron, 10),
      colours: currentColours(),
      place: placeWindow(
        saved?.bounds ?? null,
        displays.map(({ workArea }) => workArea),
      ),
      preload: paths.preload,
      icon: paths.icon,
    }),
  )
  window.once('ready-to-show', () => {
    if (saved?.maximized === true) window.maximize()
    window.show()
  })
  rememberPlace(window, memory)
  reviveAfterCrash(window, log)
  followTheme(window)
  window.webContents.on('did-fail-load', (_event, code, description, url) => {
    log.write('shell', `The page at ${url} did not load: ${description} (${code})`)
  })
  window.loadURL(`${appOrigin}/`).catch(() => {
    // Told in the log by did-fail-load.
  })
  return window
}
