import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import { ask, enginePid, reload, servedEngines, watchPorts } from './engine'
import { expect, openApp, root, test } from './launch'

interface Seen {
  crashes: number
  loads: number
  questions: number
  errors: string[]
}

/** Counts in the main process, for Playwright's page does not outlive its process. The question is answered at once: load again. */
async function watchWindow(desktop: ElectronApplication): Promise<void> {
  await desktop.evaluate(({ dialog, webContents }) => {
    const seen: Seen = { crashes: 0, loads: 0, questions: 0, errors: [] }
    Object.assign(globalThis, { seen })
    const [contents] = webContents.getAllWebContents()
    contents?.on('render-process-gone', () => seen.crashes++)
    contents?.on('did-finish-load', () => seen.loads++)
    process.on('uncaughtException', (error) => seen.errors.push(error.message))
    dialog.showMessageBox = async () => {
      seen.questions++
      return { response: 0, checkboxChecked: false }
    }
  })
}

async function seenOf(desktop: ElectronApplication): Promise<Seen> {
  return desktop.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)
}

async function killPage(desktop: ElectronApplication): Promise<void> {
  const pid = await desktop.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getOSProcessId() ?? 0)
  expect(pid).toBeGreaterThan(0)
  process.kill(pid, 'SIGKILL')
}

test('the window opens, shows the page and has its smallest size', async ({ desktop, page }) => {
  expect(page.url()).toBe('studio://app/')
  await expect(page).toHaveTitle(/Atelier/)
  await expect
    .poll(() =>
      desktop.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((shown) => ({
          visible: shown.isVisible(),
          smallest: shown.getMinimumSize(),
        })),
      ),
    )
    .toEqual([{ visible: true, smallest: [940, 640] }])
})

test('the page is there soon after the start', async ({ desktop, page }) => {
  const painted = (): Promise<number | null> =>
    page.evaluate(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint')
      return paint === undefined ? null : performance.timeOrigin + paint.startTime
    })
  await expect.poll(painted).not.toBeNull()
  const started = await desktop.evaluate(() => process.getCreationTime())
  const milliseconds = Math.round(((await painted()) ?? 0) - (started ?? 0))
  test.info().annotations.push({ type: 'start to first paint', description: `${milliseconds} ms` })
  // The goal is 1 s; the runner attaches its debugger in between and shares the machine.
  expect(milliseconds).toBeLessThan(3000)
})

test('the page has nothing of Node and nothing of Electron but the bridge', async ({ page }) => {
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'Buffer', 'module', 'global'].filter((name) => name in globalThis),
    bridge: Object.keys(window.atelier).sort(),
    host: Object.keys(window.atelier.host).sort(),
  }))
  expect(found).toEqual({
    globals: [],
    bridge: ['host', 'platform', 'requestPort'],
    host: [
      'copyImage',
      'notify',
      'onEngineState',
      'onMenuCommand',
      'openFolderDialog',
      'pathOf',
      'revealAsset',
      'saveImageAs',
      'setTheme',
      'startDrag',
    ],
  })
})

test('a page that crashes is loaded again, and the user is asked after the third time', async ({ desktop }) => {
  await watchWindow(desktop)
  for (let crashes = 1; crashes <= 4; crashes++) {
    await killPage(desktop)
    await expect
      .poll(() => seenOf(desktop), { timeout: 20_000 })
      .toEqual({ crashes, loads: crashes, questions: crashes === 4 ? 1 : 0, errors: [] })
  }
  const title = await desktop.evaluate(({ webContents }) => webContents.getAllWebContents()[0]?.getTitle())
  expect(title).toMatch(/Atelier/)
})

test('an engine that starts while the page is gone waits for it', async ({ desktop, page, data }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  await watchWindow(desktop)
  // The question stays open, so the page stays gone.
  await desktop.evaluate(({ dialog }) => {
    dialog.showMessageBox = () =>
      new Promise((answer) => {
        Object.assign(globalThis, { answer })
      })
  })
  for (let crashes = 1; crashes <= 4; crashes++) {
    await killPage(desktop)
    await expect
      .poll(() => seenOf(desktop), { timeout: 20_000 })
      .toMatchObject({ crashes, loads: Math.min(crashes, 3) })
  }
  const starts = async (): Promise<number> =>
    (await readFile(join(data, 'logs', 'atelier.log'), 'utf8')).split('The engine is ready').length - 1
  expect(await starts()).toBe(1)
  process.kill((await enginePid(desktop)) ?? 0, 'SIGKILL')
  await expect.poll(starts).toBe(2)
  await desktop.evaluate(() =>
    (globalThis as unknown as { answer(given: object): void }).answer({ response: 0, checkboxChecked: false }),
  )
  await expect.poll(() => seenOf(desktop), { timeout: 20_000 }).toMatchObject({ crashes: 4, loads: 4, errors: [] })
  const studioText = (): Promise<string> =>
    desktop.evaluate(({ webContents }) =>
      webContents.getAllWebContents()[0]!.executeJavaScript('document.body.innerText'),
    )
  // The name of a model comes from the engine.
  await expect.poll(studioText).toContain('SD3 Emoji')
})

test('an error in the shell is told, and holds nothing up', async ({ desktop, page, data }) => {
  await desktop.evaluate(({ dialog }) => {
    const told: string[] = []
    Object.assign(globalThis, { told })
    dialog.showMessageBox = async (...values: unknown[]) => {
      told.push((values.at(-1) as { detail: string }).detail)
      return new Promise(() => undefined)
    }
    for (const name of ['first', 'second']) {
      setTimeout(() => {
        throw new Error(`The ${name} planted fault`)
      })
    }
  })
  // The file begins with the first entry.
  const log = (): Promise<string> => readFile(join(data, 'logs', 'atelier.log'), 'utf8').catch(() => '')
  await expect.poll(log).toContain('The second planted fault')
  expect(await log()).toContain('The first planted fault')
  const told = await desktop.evaluate(() => (globalThis as unknown as { told: string[] }).told)
  expect(told).toEqual([expect.stringContaining('The first planted fault')])
  expect(await ask(page, ['studio', 'info'])).toMatchObject({ name: 'Atelier' })
})

test('a second start hands over to the window that is open', async ({ desktop, data }) => {
  await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  const electron = createRequire(import.meta.url)('electron') as unknown as string
  const second = spawn(electron, [root, '--no-sandbox', '--disable-gpu'], {
    env: { ...process.env, ATELIER_DATA: data },
    stdio: 'ignore',
  })
  const code = await new Promise((resolve) => second.once('exit', resolve))
  expect(code).toBe(0)
  await expect
    .poll(() => desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((open) => open.isVisible())))
    .toEqual([true])
})

test('the window comes back where it was', async ({ data }) => {
  const bounds = { x: 120, y: 90, width: 1100, height: 720 }
  const first = await openApp(data)
  await first.app.evaluate(({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place), bounds)
  await first.close()

  const second = await openApp(data)
  const restored = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())
  await second.close()
  expect(restored).toEqual(bounds)
})

test('a window that was left on a screen that is gone can be seen', async ({ data }) => {
  const first = await openApp(data)
  await first.close()
  const path = join(data, 'desktop', 'window.json')
  const state = JSON.parse(await readFile(path, 'utf8')) as { window: { bounds: object } }
  state.window.bounds = { x: 9000, y: 9000, width: 1000, height: 700 }
  await writeFile(path, JSON.stringify(state))

  const second = await openApp(data)
  const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  await second.close()
  expect(bounds?.x).toBeLessThan(1440)
  expect(bounds?.y).toBeLessThan(900)
})

test("the theme in the settings is the window's too, from its first moment", async ({ data }) => {
  const first = await openApp(data)
  await ask(first.page, ['settings', 'set'], { theme: 'light' })
  await reload(first.page)
  await expect.poll(() => first.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('light')
  await first.close()

  const state = JSON.parse(await readFile(join(data, 'desktop', 'window.json'), 'utf8')) as { theme: string }
  expect(state.theme).toBe('light')
  const second = await openApp(data)
  const background = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
  )
  await second.close()
  expect(background?.toLowerCase()).toBe('#fafaf8')
})
