import { app } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { studioFolders, type StudioFolders } from '../main/hosts/folders'

/** Every place that the shell reads or writes, in development and in the packaged app. */
export interface ShellPaths extends StudioFolders {
  readonly engine: string
  readonly preload: string
  readonly icon: string
  readonly log: string
  readonly logs: string
  readonly state: string
  /** Copies of pictures under readable names, for other programs to take. */
  readonly outgoing: string
}

/** To be called before anything asks Electron for a folder, the single-instance lock included. */
export function setupPaths(): ShellPaths {
  if (app.isPackaged) {
    // onnxruntime opens models by path, which cannot lead into the archive.
    process.env['ATELIER_INSTALL'] ??= app.getAppPath()
    process.env['ATELIER_MODELS'] ??= join(process.resourcesPath, 'models')
  }
  const folders = studioFolders()
  // Beside the studio's data, so that one folder of data has one window: they share a database.
  const own = join(folders.data, 'desktop')
  mkdirSync(own, { recursive: true })
  app.setPath('userData', own)
  const logs = join(folders.data, 'logs')
  app.setAppLogsPath(logs)
  return {
    ...folders,
    engine: join(folders.core, 'engine.cjs'),
    preload: join(__dirname, 'preload.cjs'),
    icon: join(folders.resources, 'icons', 'icon.png'),
    log: join(logs, 'atelier.log'),
    logs,
    state: join(own, 'window.json'),
    outgoing: join(app.getPath('temp'), `atelier-${process.pid}`),
  }
}
