import { RPCHandler } from '@orpc/server/message-port'
import type { MessagePortMainLike } from '@orpc/client/message-port'
import { File } from 'node:buffer'
import { protocolVersion } from '../../contract/studio'
import { openStudio, type Studio } from './studio'

// The engine process of the desktop app: the studio core, reached over ports that the shell hands in.

// Files come in over the port. Node knows them everywhere from version 20 on, and before that in this module alone.
if (!('File' in globalThis)) Object.assign(globalThis, { File })

interface ShellMessage {
  readonly data: { readonly type: 'port' } | { readonly type: 'shutdown' }
  readonly ports: readonly (MessagePortMainLike & { start(): void })[]
}

/** What Electron gives a utility process to talk to the shell; typed here because this room knows no Electron. */
interface ParentPort {
  on(event: 'message', listener: (message: ShellMessage) => void): void
  postMessage(message: unknown): void
}

function servePorts(studio: Studio, parent: ParentPort): void {
  const handler = new RPCHandler(studio.router)
  parent.on('message', ({ data, ports }) => {
    switch (data.type) {
      case 'port': {
        const [port] = ports
        if (port === undefined) return
        handler.upgrade(port, { context: {} })
        port.start()
        return
      }
      case 'shutdown':
        void studio.close().finally(() => process.exit(0))
        return
    }
  })
  parent.postMessage({ type: 'ready', protocol: protocolVersion })
  studio.onBusy((busy) => parent.postMessage({ type: 'state', busy }))
}

const parent = (process as unknown as { parentPort?: ParentPort }).parentPort
if (parent === undefined) throw new Error('This file runs as a utility process of the desktop app, not by itself')

openStudio({ jobs: 'persistent' }).then(
  (studio) => servePorts(studio, parent),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
