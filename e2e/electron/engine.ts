import type { ElectronApplication, Page } from '@playwright/test'
import { build } from 'esbuild'
import { root } from './launch'

/** Process id of the engine; null while there is none. */
export async function enginePid(app: ElectronApplication): Promise<number | null> {
  return app.evaluate(
    ({ app: shell }) => shell.getAppMetrics().find(({ name }) => name === 'Atelier Engine')?.pid ?? null,
  )
}

/** Gathers every port that the shell gives the page, so that a test can wait for the next. */
export async function watchPorts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(window, { seenPorts: seen })
    window.addEventListener('message', (event: MessageEvent<{ type?: string; nonce?: string }>) => {
      if (event.source === window && event.data.type === 'atelier:port') seen.push(event.data.nonce ?? '')
    })
    window.atelier.requestPort()
  })
}

export async function seenPorts(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { seenPorts: string[] }).seenPorts)
}

let clientScript: string | undefined

async function client(): Promise<string> {
  if (clientScript !== undefined) return clientScript
  const { outputFiles } = await build({
    stdin: {
      resolveDir: root,
      contents: `
        import { createORPCClient } from '@orpc/client'
        import { RPCLink } from '@orpc/client/message-port'
        window.askStudio = (path, input) => new Promise((resolve, reject) => {
          window.addEventListener('message', (event) => {
            if (event.data.type !== 'atelier:port') return
            const port = event.ports[0]
            let call = createORPCClient(new RPCLink({ port }))
            for (const name of path) call = call[name]
            port.start()
            call(input).then(resolve, reject)
          }, { once: true })
          window.atelier.requestPort()
        })`,
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  clientScript = outputFiles[0]?.text ?? ''
  return clientScript
}

/** Calls a procedure of the studio from the page, over a port that the shell gives it. */
export async function ask(page: Page, path: readonly string[], input?: unknown): Promise<unknown> {
  await page.evaluate(await client())
  return page.evaluate(
    ([procedure, value]) =>
      (window as unknown as { askStudio(path: readonly string[], input: unknown): Promise<unknown> }).askStudio(
        procedure,
        value,
      ),
    [path, input] as const,
  )
}
