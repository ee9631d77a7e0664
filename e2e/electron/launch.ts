import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { DesktopBridge } from '../../contract/desktop'

declare global {
  interface Window {
    readonly atelier: DesktopBridge
  }
}

export const root = resolve(import.meta.dirname, '../..')

/** Why the app cannot be opened here, or null. Asking for electron itself would try to download it. */
function whyNot(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const pathFile = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'path.txt')
  if (folder === undefined && !existsSync(pathFile)) {
    return 'No Electron runtime: run "npx install-electron --no", or set ELECTRON_OVERRIDE_DIST_PATH to its folder'
  }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return 'No display: run under xvfb-run'
  }
  return null
}

export interface OpenApp {
  readonly app: ElectronApplication
  readonly page: Page
  readonly data: string
  close(): Promise<void>
}

export async function openApp(data: string): Promise<OpenApp> {
  const app = await _electron.launch({
    args: [root, '--disable-gpu'],
    env: { ...(process.env as Record<string, string>), ATELIER_DATA: data },
  })
  const page = await app.firstWindow()
  // A window begins with an empty page, which counts as loaded, too.
  await page.waitForURL('studio://app/')
  return { app, page, data, close: () => app.close() }
}

/** A test with a data folder of its own, and the app open on it. */
export const test = base.extend<{ data: string; atelier: OpenApp; desktop: ElectronApplication; page: Page }>({
  data: async ({}, use) => {
    const data = await mkdtemp(join(tmpdir(), 'atelier-desktop-'))
    await use(data)
    await rm(data, { recursive: true, force: true })
  },
  atelier: async ({ data }, use) => {
    const opened = await openApp(data)
    await use(opened)
    await opened.close()
  },
  desktop: async ({ atelier }, use) => use(atelier.app),
  page: async ({ atelier }, use) => use(atelier.page),
})

const reason = whyNot()
test.skip(reason !== null, reason ?? '')

export { expect } from '@playwright/test'
