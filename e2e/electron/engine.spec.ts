import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineState } from '../../contract/desktop'
import { ask, enginePid, reload, servedEngines, watchPorts } from './engine'
import { expect, openApp, test } from './launch'

test('the page reaches the studio core over a port', async ({ page, data }) => {
  expect(await ask(page, ['studio', 'info'])).toMatchObject({ name: 'Atelier', protocol: 1, dataFolder: data })
})

test('the engine lives in a process of its own', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  const pid = await enginePid(desktop)
  expect(pid).not.toBeNull()
  expect(pid).not.toBe(desktop.process().pid)
})

test('a killed engine is replaced, and the page gets a new port', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  await page.evaluate(() => {
    const states: EngineState[] = []
    Object.assign(window, { states })
    window.atelier.host.onEngineState((state) => states.push(state))
  })
  const before = await enginePid(desktop)
  process.kill(before ?? 0, 'SIGKILL')
  await expect.poll(() => servedEngines(page)).toHaveLength(2)
  const [first, second] = await servedEngines(page)
  expect(second).not.toBe(first)
  expect(await enginePid(desktop)).not.toBe(before)

  const states = await page.evaluate(() => (window as unknown as { states: EngineState[] }).states)
  expect(states.map(({ kind }) => kind)).toEqual(['ready', 'restarting', 'restarting', 'ready'])
  expect(states[1]).toMatchObject({ attempt: 1, reason: expect.stringContaining('The engine') })
  expect(await ask(page, ['studio', 'info'])).toMatchObject({ name: 'Atelier' })
})

test('a page that is loaded again gets a port to the same engine', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  const [before] = await servedEngines(page)
  const pid = await enginePid(desktop)
  await reload(page)
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toContain(before)
  expect(await enginePid(desktop)).toBe(pid)
})

test('the hard stop in the menu ends the engine and starts a fresh one', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  await desktop.evaluate(
    ({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('shell.restartEngine')?.click() as void,
  )
  await expect.poll(() => servedEngines(page)).toHaveLength(2)
})

test('an engine that is killed again and again stays down until the page asks', async ({ desktop, page }) => {
  await watchPorts(page)
  await expect.poll(() => servedEngines(page)).toHaveLength(1)
  for (let kills = 1; kills <= 4; kills++) {
    process.kill((await enginePid(desktop)) ?? 0, 'SIGKILL')
    if (kills < 4) await expect.poll(() => servedEngines(page), { timeout: 20_000 }).toHaveLength(kills + 1)
  }
  const state = (): Promise<string> =>
    page.evaluate(() => {
      let kind = ''
      window.atelier.host.onEngineState((now) => {
        kind = now.kind
      })()
      return kind
    })
  await expect.poll(state).toBe('failed')
  await page.evaluate(() => window.atelier.requestPort())
  await expect.poll(state).toBe('ready')
})

test('quitting lets the engine finish', async ({ data }) => {
  const { page, close } = await openApp(data)
  await ask(page, ['studio', 'info'])
  await close()
  const log = await readFile(join(data, 'logs', 'atelier.log'), 'utf8')
  expect(log).toContain('The engine process ended with code 0 (stop)')
  expect(log).not.toContain('did not stop in time')
})
