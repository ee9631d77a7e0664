import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pc from 'picocolors'
import { openInBrowser } from '../open-in-browser'
import { openStudio } from '../studio'
import { startWebHost, type WebHost } from '../web-host'
import { readOrCreateToken } from '../web-token'
import { exitCodes } from './exit-codes'
import { failureOf, printFailure, wantsColour } from './output'

interface ServeOptions {
  readonly port: string
  readonly address: string
  readonly open?: boolean
  readonly json?: boolean
}

const isInUse = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'

async function serve(options: ServeOptions): Promise<number> {
  const studio = await openStudio({ jobs: 'persistent' })
  let host: WebHost
  try {
    const page = {
      address: options.address,
      token: await readOrCreateToken(join(studio.folders.data, 'web-token')),
      pageFolder: studio.folders.page,
    }
    try {
      host = await startWebHost(studio, { ...page, port: Number(options.port) })
    } catch (error) {
      // A port that nobody asked for by name may as well be another one.
      if (!isInUse(error) || options.port !== defaultPort) throw error
      host = await startWebHost(studio, { ...page, port: 0 })
    }
  } catch (error) {
    await studio.close()
    const failure = failureOf(error)
    const message = isInUse(error) ? `Port ${options.port} is taken` : failure.message
    printFailure({ ...failure, message, remedy: 'Choose another with --port.' }, options.json === true)
    return exitCodes.failed
  }

  const colours = pc.createColors(wantsColour(process.stdout))
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ event: 'ready', url: host.url, port: host.port })}\n`)
  else process.stdout.write(`Atelier is at ${colours.cyan(host.url)}\n${colours.dim('Ctrl-C stops it.')}\n`)
  if (!existsSync(join(studio.folders.page, 'index.html')))
    process.stderr.write('The page is not built: run "npm run build".\n')
  if (options.open === true) openInBrowser(host.url)

  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
  })
  await host.close()
  await studio.close()
  return exitCodes.ok
}

const defaultPort = '4747'

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the studio to a browser on this machine')
    .option('-p, --port <number>', 'port to listen on; 0 takes a free one', defaultPort)
    .option('--address <address>', 'address to listen on; anything but loopback lets other machines in', '127.0.0.1')
    .option('--open', 'open the address in the browser')
    .option('--json', 'print the address as JSON')
    .action(async (options: ServeOptions) => {
      process.exitCode = await serve(options)
    })
}
