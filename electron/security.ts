import { app, session, shell, type MediaAccessPermissionRequest, type Session } from 'electron'
import { externalLink } from './external-links'
import { isAppUrl } from './sender'

/** What the page may use of the system by itself; everything else goes through the host service. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen'])

/** A camera's picture without sound, for the page itself: asked for only where someone presses the camera's button. */
function isCamera(permission: string, details: object): boolean {
  const { isMainFrame, mediaTypes } = details as MediaAccessPermissionRequest
  return permission === 'media' && isMainFrame && mediaTypes?.length === 1 && mediaTypes[0] === 'video'
}

function denyPermissions(target: Session): void {
  target.setPermissionRequestHandler((contents, permission, callback, details) => {
    const isAllowed = allowedPermissions.has(permission) || isCamera(permission, details)
    callback(isAllowed && isAppUrl(contents.getURL()))
  })
  target.setPermissionCheckHandler(
    (_contents, permission, origin) => allowedPermissions.has(permission) && isAppUrl(origin),
  )
  target.setDevicePermissionHandler(() => false)
}

/**
 * To be called before the app is ready: from then on, no page can be without the sandbox. Where it is switched off on
 * the command line, as for tests in a container, no process could start with it.
 */
export function setupSandbox(): void {
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
}

/** The rules that hold for every page, whoever opens it. */
export function setupSecurity(): void {
  app.on('web-contents-created', (_event, contents) => {
    // The page is one document for as long as the window is open.
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      const link = externalLink(url)
      if (link !== null) void shell.openExternal(link)
      return { action: 'deny' }
    })
  })
  void app.whenReady().then(() => denyPermissions(session.defaultSession))
}
