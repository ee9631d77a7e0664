import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the user's own data lives: `ATELIER_DATA`, or the place that the platform has for it. */
export function dataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  const given = environment['ATELIER_DATA']
  if (given !== undefined && given !== '') return resolve(given)
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Atelier')
    case 'win32':
      return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Atelier')
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'atelier')
  }
}
