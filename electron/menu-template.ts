import type { MenuItemConstructorOptions } from 'electron'
import type { DesktopCommand } from '../contract/desktop'

export interface MenuActions {
  /** Hands a command to the page. */
  send(command: string): void
  restartEngine(): void
  showLogs(): void
}

type Menu = DesktopCommand['menu']
const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The whole menu: the page's commands, and what the system expects of a window. */
export function menuTemplate(
  commands: readonly DesktopCommand[],
  platform: NodeJS.Platform,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const of = (menu: Menu): MenuItemConstructorOptions[] =>
    commands
      .filter((command) => command.menu === menu)
      .map(({ id, title, accelerator }) => ({
        id,
        label: title,
        ...(accelerator === undefined ? {} : { accelerator }),
        // The page has the key already; a command must not run twice.
        registerAccelerator: false,
        click: () => actions.send(id),
      }))

  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: '&File', submenu: [...of('File'), separator, isMac ? { role: 'close' } : { role: 'quit' }] },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        separator,
        ...of('Edit'),
      ],
    },
    { label: '&Image', submenu: of('Image') },
    {
      label: '&View',
      submenu: [
        ...of('View'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        separator,
        { role: 'toggleDevTools' },
      ],
    },
    { label: '&Go', submenu: of('Go') },
    ...(isMac ? [{ role: 'windowMenu' } as const] : []),
    {
      role: 'help',
      label: '&Help',
      submenu: [
        ...of('Help'),
        separator,
        { id: 'shell.restartEngine', label: 'Restart Engine', click: () => actions.restartEngine() },
        { id: 'shell.showLogs', label: 'Show Logs', click: () => actions.showLogs() },
      ],
    },
  ]
}
