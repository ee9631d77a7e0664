// A core of its own for a bench, as the browser uses it.
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Starts a core on an empty data folder. `close` ends it. */
export async function startCore(data) {
  const child = spawn(process.execPath, ['bin/atelier.cjs', 'serve', '--port', '0', '--json'], {
    env: { ...process.env, ATELIER_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(new URL(JSON.parse(line).url)))
    child.once('exit', () => reject(new Error('The core ended before it was ready')))
  })
  const headers = { authorization: `Bearer ${url.searchParams.get('token')}` }
  return {
    url,
    pid: child.pid,
    client: createORPCClient(new RPCLink({ url: new URL('/api', url).href, headers })),
    async close() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
