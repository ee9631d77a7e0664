import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dataFolder } from '../storage/data-folder'

/** Every place on disk that the studio uses. */
export interface StudioFolders {
  /** The user's own: database, assets, settings. */
  readonly data: string
  readonly assets: string
  /** Shipped with the studio. */
  readonly resources: string
  readonly models: string
  readonly page: string
  /** Bundles of the threads and processes that the core starts. */
  readonly core: string
}

/** The folder that holds `dist/` and `resources/`: the project's, or the packaged app's. */
export function installFolder(): string {
  const given = process.env['ATELIER_INSTALL']
  if (given !== undefined) return given
  // Bundles lie two folders down (dist/core, dist/cli); sources of a test lie anywhere below.
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'resources')) && existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error(`The folder that Atelier is installed in was not found above ${__dirname}`)
}

export function studioFolders(data = dataFolder()): StudioFolders {
  const install = installFolder()
  return {
    data,
    assets: join(data, 'assets'),
    resources: join(install, 'resources'),
    models: process.env['ATELIER_MODELS'] ?? join(install, 'resources', 'models'),
    page: join(install, 'dist', 'renderer'),
    core: join(install, 'dist', 'core'),
  }
}
