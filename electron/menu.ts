import { app, BrowserWindow, Menu, shell, type WebContents } from 'electron'
import { desktopCommands } from '../contract/desktop'
import { channels } from './channels'
import type { EngineProcess } from './engine-process'
import { menuTemplate } from './menu-template'
import type { ShellPaths } from './paths'

function currentWindow(): BrowserWindow | undefined {
  return BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
}

/** The menu that a right click on text opens. Pictures have the page's own. */
function offerTextActions(page: WebContents): void {
  page.on('context-menu', (_event, { isEditable, selectionText, editFlags }) => {
    if (!isEditable && selectionText.trim() === '') return
    const menu = Menu.buildFromTemplate([
      ...(isEditable ? [{ role: 'cut', enabled: editFlags.canCut } as const] : []),
      { role: 'copy', enabled: editFlags.canCopy },
      ...(isEditable ? [{ role: 'paste', enabled: editFlags.canPaste } as const] : []),
      { type: 'separator' },
      { role: 'selectAll', enabled: editFlags.canSelectAll },
    ])
    const window = BrowserWindow.fromWebContents(page)
    if (window !== null) menu.popup({ window })
  })
}

export function setupMenu(paths: ShellPaths, engine: EngineProcess): void {
  const template = menuTemplate(desktopCommands, process.platform, {
    send: (command) => currentWindow()?.webContents.send(channels.menuCommand, command),
    restartEngine: () => engine.restart(),
    showLogs: () => void shell.openPath(paths.logs),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  app.on('web-contents-created', (_event, page) => offerTextActions(page))
}
