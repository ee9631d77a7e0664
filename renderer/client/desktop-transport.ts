import { RPCLink } from '@orpc/client/message-port'
import type { DesktopBridge, DesktopPortMessage } from '../../contract/desktop'
import type { Transport } from './connect'

/** A MessagePort to the engine process, which the preload script hands over; a new one comes after each restart. */
export function desktopTransport(bridge: DesktopBridge): Transport {
  return {
    assetUrl: (assetId) => `studio://asset/${assetId}`,
    // The shell starts the engine again where it had given up, and sends the port when there is one.
    reconnect: () => bridge.requestPort(),
    start(events) {
      let current: MessagePort | null = null
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const port = event.ports[0]
        if (event.source !== window || port === undefined || !isPortMessage(event.data)) return
        if (current !== null) events.lost()
        current?.close()
        current = port
        port.addEventListener('close', () => {
          if (current !== port) return
          current = null
          events.lost()
        })
        const link = new RPCLink({ port })
        port.start()
        events.opened(link)
      })
      // A page that is left with an open port keeps the engine talking to nobody, and old shells crash on it.
      window.addEventListener('pagehide', () => {
        current?.close()
        current = null
      })
      bridge.host.onEngineState((state) => {
        if (state.kind === 'failed') events.down(state.reason)
        else if (state.kind !== 'ready') events.starting()
      })
      bridge.requestPort()
    },
  }
}

function isPortMessage(data: unknown): data is DesktopPortMessage {
  return typeof data === 'object' && data !== null && (data as { type?: unknown }).type === 'atelier:port'
}
