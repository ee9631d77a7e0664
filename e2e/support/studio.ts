import { test as base, type Page } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface RunningStudio {
  readonly url: string
  readonly data: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** Starts `atelier serve`, on a free port and with a data folder of its own where none are given. `models`: instead of the bundled ones. */
export async function startStudio(data?: string, port = 0, models?: string): Promise<RunningStudio> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'atelier-e2e-')))
  const child = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', String(port), '--json'], {
    env: { ...process.env, ATELIER_DATA: folder, ...(models === undefined ? {} : { ATELIER_MODELS: models }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url))
    void exited.then(() => reject(new Error('atelier serve ended before it was ready')))
  })
  return {
    url,
    data: folder,
    process: child,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      if (data === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A test with a studio of its own, its page open and connected. */
export const test = base.extend<{ studio: RunningStudio; app: Page }>({
  studio: async ({}, use) => {
    const studio = await startStudio()
    await use(studio)
    await studio.stop()
  },
  app: async ({ page, studio }, use) => {
    await page.goto(studio.url)
    await use(page)
  },
})

export { expect } from '@playwright/test'
