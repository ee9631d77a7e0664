// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest'
import type { DesktopBridge, EngineState } from '../../contract/desktop'
import { desktopTransport } from './desktop-transport'

class FakePort extends EventTarget {
  readonly close = vi.fn()
  readonly start = vi.fn()
  readonly postMessage = vi.fn()
}

function startTransport() {
  let tell: (state: EngineState) => void = () => {}
  const requestPort = vi.fn()
  const bridge = {
    platform: 'electron',
    requestPort,
    host: {
      onEngineState(listener: (state: EngineState) => void) {
        tell = listener
        return () => {}
      },
    },
  } as unknown as DesktopBridge
  const events = { opened: vi.fn(), lost: vi.fn(), failed: vi.fn(), down: vi.fn(), starting: vi.fn() }
  const transport = desktopTransport(bridge)
  transport.start(events)
  return { transport, events, requestPort, tell: (state: EngineState) => tell(state) }
}

/** Hands a port over as the preload script does. */
function givePort(): FakePort {
  const port = new FakePort()
  const message = new MessageEvent('message', { data: { type: 'atelier:port', nonce: '1' } })
  Object.defineProperties(message, { source: { value: window }, ports: { value: [port] } })
  window.dispatchEvent(message)
  return port
}

describe('the way to the engine on the desktop', () => {
  it('closes its port when the page is left', () => {
    const { events } = startTransport()
    const port = givePort()
    expect(events.opened).toHaveBeenCalledOnce()
    expect(port.close).not.toHaveBeenCalled()
    window.dispatchEvent(new Event('pagehide'))
    expect(port.close).toHaveBeenCalledOnce()
  })

  it('is down once the shell gives up, and asks the shell for a new engine', () => {
    const { transport, events, requestPort, tell } = startTransport()
    tell({ kind: 'restarting', attempt: 3, reason: 'The engine ended unexpectedly' })
    tell({ kind: 'failed', reason: 'The engine ended unexpectedly' })
    expect(events.down).toHaveBeenCalledWith('The engine ended unexpectedly')

    requestPort.mockClear()
    transport.reconnect()
    expect(requestPort).toHaveBeenCalledOnce()
    events.starting.mockClear()
    tell({ kind: 'starting' })
    expect(events.starting).toHaveBeenCalledOnce()
  })
})
