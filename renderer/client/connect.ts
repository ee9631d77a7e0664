import { createORPCClient } from '@orpc/client'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { DesktopBridge } from '../../contract/desktop'
import { desktopTransport } from './desktop-transport'
import { webTransport } from './web-transport'

export interface ConnectionState {
  readonly status: 'connecting' | 'open' | 'reconnecting'
  /** Rises with each opening, so that a watcher can start its streams anew. */
  readonly generation: number
  /** How many tries have failed since the connection was lost. */
  readonly attempts: number
}

export interface Connection {
  readonly client: StudioClient
  readonly state: StoreApi<ConnectionState>
  readonly assetUrl: (assetId: string) => string
}

export interface Link {
  call(path: readonly string[], input: unknown, options: CallOptions): Promise<unknown>
}

type CallOptions = Parameters<Parameters<typeof createORPCClient<StudioClient>>[0]['call']>[2]

/** A way to the studio core. It gives a link each time it opens, and says when that link is lost. */
export interface Transport {
  start(events: { opened(link: Link): void; lost(): void; failed(): void }): void
  assetUrl(assetId: string): string
}

const waitForLinkMilliseconds = 15_000

/** One client for the life of the page, whatever happens to the connection under it. */
export function connect(transport: Transport): Connection {
  const state = createStore<ConnectionState>(() => ({ status: 'connecting', generation: 0, attempts: 0 }))
  let link: Link | null = null
  let waiting: (() => void)[] = []

  transport.start({
    opened(next) {
      link = next
      state.setState((old) => ({ status: 'open', generation: old.generation + 1, attempts: 0 }))
      for (const wake of waiting.splice(0)) wake()
    },
    lost() {
      link = null
      state.setState({ status: 'reconnecting' })
    },
    failed() {
      state.setState((old) => ({ attempts: old.attempts + 1 }))
    },
  })

  async function nextLink(): Promise<Link> {
    if (link) return link
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting = waiting.filter((one) => one !== wake)
        reject(new Error('The studio core does not answer'))
      }, waitForLinkMilliseconds)
      function wake(): void {
        clearTimeout(timer)
        resolve()
      }
      waiting.push(wake)
    })
    return nextLink()
  }

  const client = createORPCClient<StudioClient>({
    call: async (path, input, options) => (await nextLink()).call(path, input, options),
  })
  return { client, state, assetUrl: (assetId) => transport.assetUrl(assetId) }
}

export function connectStudio(bridge: DesktopBridge | undefined): Connection {
  return connect(bridge === undefined ? webTransport(window.location) : desktopTransport(bridge))
}
