import type { ElectronApplication, Page } from '@playwright/test'
import { build } from 'esbuild'
import { root } from './launch'

/** Process id of the engine; null while there is none. */
export async function enginePid(app: ElectronApplication): Promise<number | null> {
  return app.evaluate(
    ({ app: shell }) => shell.getAppMetrics().find(({ name }) => name === 'Atelier Engine')?.pid ?? null,
  )
}

/** Notes from which engine each port comes that the shell gives the page. */
export async function watchPorts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(window, { servedEngines: seen })
    window.addEventListener('message', (event: MessageEvent<{ type?: string; nonce?: string }>) => {
      if (event.source === window && event.data.type === 'atelier:port') seen.add(event.data.nonce ?? '')
    })
    window.atelier.requestPort()
  })
}

/** Ids of the engines that the page has had a port to. */
export async function servedEngines(page: Page): Promise<string[]> {
  return page.evaluate(() => [...(window as unknown as { servedEngines: Set<string> }).servedEngines])
}

/** Loads the page again. Electron before 29 crashes where a page is left with an open port, so it is closed. */
export async function reload(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.addEventListener('message', (event: MessageEvent<{ type?: string }>) => {
          if (event.data.type !== 'atelier:port') return
          window.addEventListener('pagehide', () => event.ports[0]?.close())
          resolve()
        })
        window.atelier.requestPort()
      }),
  )
  await page.reload()
}

let clientScript: Promise<string> | undefined

/** A client of its own beside the page's: when asked, it takes the next port before the page can see it. */
async function buildClient(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      resolveDir: root,
      contents: `
        import { createORPCClient } from '@orpc/client'
        import { RPCLink } from '@orpc/client/message-port'
        let take = null
        window.addEventListener('message', (event) => {
          if (take === null || event.data.type !== 'atelier:port') return
          event.stopImmediatePropagation()
          take(event.ports[0])
          take = null
        })
        window.askStudio = async (path, input) => {
          const port = await new Promise((resolve) => {
            take = resolve
            window.atelier.requestPort()
          })
          let call = createORPCClient(new RPCLink({ port }))
          for (const name of path) call = call[name]
          port.start()
          return call(input)
        }`,
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  return outputFiles[0]?.text ?? ''
}

/** Calls a procedure of the studio from the page, which is loaded again first where that was not done before. */
export async function ask(page: Page, path: readonly string[], input?: unknown): Promise<unknown> {
  if (!(await page.evaluate(() => 'askStudio' in window))) {
    await page.addInitScript({ content: await (clientScript ??= buildClient()) })
    await reload(page)
  }
  return page.evaluate(
    ([procedure, value]) =>
      (window as unknown as { askStudio(path: readonly string[], input: unknown): Promise<unknown> }).askStudio(
        procedure,
        value,
      ),
    [path, input] as const,
  )
}
