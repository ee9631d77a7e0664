// Opens the desktop window; where that cannot be, serves the same studio to a browser and says why in one line.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)

function build() {
  if (existsSync(at('dist/cli/atelier.cjs')) && existsSync(at('dist/renderer/index.html'))) return
  const built = spawnSync(process.execPath, [at('scripts/build.mjs')], { stdio: 'inherit' })
  if (built.status !== 0) process.exit(built.status ?? 1)
}

/** Path of the Electron executable that is there, or null. */
function electronBinary() {
  const name = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron'
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override !== undefined && existsSync(join(override, name))) return join(override, name)
  const pathFile = at('node_modules/electron/path.txt')
  if (!existsSync(pathFile)) return null
  const binary = at('node_modules/electron/dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

function fetchElectron() {
  console.log('Fetching the desktop runtime (Electron, about 120 MB, once)…')
  spawnSync('npx', ['--no-install', 'install-electron', '--no'], {
    cwd: root,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  })
  return electronBinary()
}

function serve(reason) {
  console.log(`${reason}; serving the studio to your browser instead.`)
  const child = spawn(process.execPath, [at('bin/atelier.cjs'), 'serve', '--open', ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  const pass = (signal) => child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  child.on('exit', (code) => process.exit(code ?? 0))
}

build()
const noDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
const isRoot = process.platform === 'linux' && process.getuid?.() === 0
if (noDisplay) {
  serve('There is no display for a window')
} else if (isRoot) {
  serve('The desktop window does not open for root, whose processes cannot be sandboxed')
} else {
  const binary = electronBinary() ?? fetchElectron()
  if (binary === null) {
    serve('The desktop runtime could not be fetched')
  } else {
    spawn(binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 0))
  }
}
