import { app, ipcMain, MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron'
import { channels } from './channels'
import { EngineProcess, toPageState, type EngineChild, type EngineStatus } from './engine-process'
import type { LogFile } from './log-file'
import type { ShellPaths } from './paths'
import { isTrustedSender } from './sender'

const serviceName = 'Atelier Engine'

function endAtOnce(child: EngineChild): void {
  const { pid } = child as UtilityProcess
  try {
    // A thread inside a native call does not hear SIGTERM's handlers; this needs no hearing.
    if (pid === undefined) (child as UtilityProcess).kill()
    else process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/**
 * Runs the engine and gives the pages that ask for it a port each, now and after every restart.
 * The shell never reads what goes over these ports.
 */
export function setupEngine(paths: ShellPaths, log: LogFile, onStatus: (status: EngineStatus) => void): EngineProcess {
  const pages = new Set<WebContents>()

  const engine = new EngineProcess({
    fork() {
      const child = utilityProcess.fork(paths.engine, [], { serviceName, stdio: 'pipe' })
      log.collect('engine', child.stdout)
      log.collect('engine', child.stderr)
      return child
    },
    kill: endAtOnce,
    log: (text) => log.write('shell', text),
    onStatus(status) {
      onStatus(status)
      const state = toPageState(status)
      for (const page of pages) page.send(channels.engineState, state)
      if (status.kind === 'ready' && wasDown) pages.forEach(connect)
      wasDown = status.kind !== 'ready' && status.kind !== 'busy'
    },
  })
  let wasDown = true

  function connect(page: WebContents): void {
    const { port1, port2 } = new MessageChannelMain()
    const nonce = engine.serve(port1)
    if (nonce === null) return
    try {
      page.postMessage(channels.port, { nonce }, [port2])
    } catch (error) {
      // Its frame is gone, which the page's own event has yet to say.
      port2.close()
      log.write('shell', `The page could not be given a port: ${String(error)}`)
    }
  }

  ipcMain.on(channels.requestPort, (event) => {
    if (!isTrustedSender(event.senderFrame)) return
    const page = event.sender
    if (!pages.has(page)) {
      pages.add(page)
      // A page whose process died asks again once it is loaded again. Until then nothing can be sent to it: a port would make Electron throw.
      const forget = (): void => void pages.delete(page)
      page.once('destroyed', forget)
      page.once('render-process-gone', forget)
    }
    if (engine.status.kind === 'crashed' && !engine.status.willRestart) engine.start()
    page.send(channels.engineState, toPageState(engine.status))
    connect(page)
  })

  app.on('child-process-gone', (_event, details) => {
    if (details.name === serviceName || details.type === 'GPU') {
      log.write('shell', `${details.name ?? details.type} is gone: ${details.reason}, exit code ${details.exitCode}`)
    }
  })
  return engine
}
