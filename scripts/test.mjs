// All tests, in the order in which a failure is cheapest to see: checks, build, unit tests, browser, desktop.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

let failed = null
const results = []

function step(name, command, args, env = {}) {
  if (failed !== null) return
  console.log(`\n── ${name}`)
  const start = Date.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  results.push(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - start) / 1000).toFixed(0)} s)`)
  if (status !== 0) failed = name
}

const run = (command, ...args) => spawnSync(command, args, { encoding: 'utf8' })
const found = (program) => {
  const { status, stdout } = run('sh', '-c', `command -v ${program}`)
  return status === 0 ? stdout.trim() : null
}

/** Playwright's own browser, else one that is installed, else Debian's package. */
function findChromium() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const path = found(name)
    if (path !== null) return path
  }
  if (run('npx', '--no-install', 'playwright', 'install', 'chromium').status === 0) return undefined
  if (found('apt-get') !== null && process.getuid?.() === 0) {
    console.log('Installing a browser for the tests…')
    run('apt-get', 'update', '-qq')
    run('apt-get', 'install', '-y', '-qq', 'chromium', 'fonts-liberation')
    return found('chromium')
  }
  return null
}

/** Electron's own folder where its binary was fetched. */
function electronFolder() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (folder !== undefined && existsSync(folder)) return folder
  return existsSync('node_modules/electron/dist/version') ? 'node_modules/electron/dist' : null
}

step('types, lint, import rules, format', process.execPath, ['scripts/check.mjs'])
step('build', process.execPath, ['scripts/build.mjs'])
step('unit tests and goldens', 'npx', ['--no-install', 'vitest', 'run'])

const chromium = failed === null ? findChromium() : null
if (failed === null && chromium === null) {
  console.error(
    'No browser for the page tests: install Chromium, or let "npx playwright install chromium" reach the internet.',
  )
  process.exit(1)
}
step(
  'the studio in a browser',
  'npx',
  ['--no-install', 'playwright', 'test', '--project=web'],
  chromium ? { ATELIER_CHROMIUM: chromium } : {},
)

const folder = electronFolder()
if (folder === null) {
  results.push('skip the studio in its window: no Electron runtime is here')
} else if (process.platform === 'linux' && !process.env.DISPLAY) {
  if (found('xvfb-run') === null && found('apt-get') !== null && process.getuid?.() === 0) {
    run('apt-get', 'install', '-y', '-qq', 'xvfb', 'xauth')
  }
  if (found('xvfb-run') === null) results.push('skip the studio in its window: no display, and no xvfb-run to make one')
  else
    step('the studio in its window', 'xvfb-run', [
      '-a',
      '-s',
      '-screen 0 1440x900x24',
      'npx',
      '--no-install',
      'playwright',
      'test',
      '--project=electron',
    ])
} else {
  step('the studio in its window', 'npx', ['--no-install', 'playwright', 'test', '--project=electron'])
}

console.log(`\n${results.join('\n')}`)
process.exit(failed === null ? 0 : 1)
