import { createORPCClient } from '@orpc/client'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StudioClient } from '../../contract/client'
import type { DesktopBridge } from '../../contract/desktop'
import { desktopTransport } from './desktop-transport'
import { webTransport } from './web-transport'

export interface ConnectionState {
  /** Down is when nothing is tried any more until someone asks for it. */
  readonly status: 'connecting' | 'open' | 'reconnecting' | 'down'
  /** Rises with each opening, so that a watcher can start its streams anew. */
  readonly generation: number
  /** How many tries have failed since the connection was lost. */
  readonly attempts: number
  /** Why it is down, in words; null otherwise. */
  readonly reason: string | null
}

export interface Connection {
  readonly client: StudioClient
  readonly state: StoreApi<ConnectionState>
  /** Tries now, rather than at the next turn or never. */
  readonly reconnect: () => void
  readonly assetUrl: (assetId: string) => string
}

export interface Link {
  call(path: readonly string[], input: unknown, options: CallOptions): Promise<unknown>
}

type CallOptions = Parameters<Parameters<typeof createORPCClient<StudioClient>>[0]['call']>[2]

export interface TransportEvents {
  opened(link: Link): void
  lost(): void
  /** A try has failed; another follows. */
  failed(): void
  /** The other end has ended for good, unless it is asked to start again. */
  down(reason: string): void
  /** The other end is starting again. */
  starting(): void
}

/** A way to the studio core. It gives a link each time it opens, and says when that link is lost. */
export interface Transport {
  start(events: TransportEvents): void
  /** Asks for a link now. */
  reconnect(): void
  assetUrl(assetId: string): string
}

/** A call that waits for a link. */
interface Waiting {
  wake(): void
  giveUp(): void
}

const waitForLinkMilliseconds = 15_000

/** One client for the life of the page, whatever happens to the connection under it. */
export function connect(transport: Transport): Connection {
  const state = createStore<ConnectionState>(() => ({
    status: 'connecting',
    generation: 0,
    attempts: 0,
    reason: null,
  }))
  let link: Link | null = null
  let waiting: Waiting[] = []

  transport.start({
    opened(next) {
      link = next
      state.setState((old) => ({ status: 'open', generation: old.generation + 1, attempts: 0, reason: null }))
      for (const one of waiting.splice(0)) one.wake()
    },
    lost() {
      link = null
      // The news that it is down may come before the link itself is seen to close.
      if (state.getState().status !== 'down') state.setState({ status: 'reconnecting' })
    },
    failed() {
      state.setState((old) => ({ attempts: old.attempts + 1 }))
    },
    down(reason) {
      link = null
      state.setState({ status: 'down', reason })
      for (const one of waiting.splice(0)) one.giveUp()
    },
    starting() {
      if (state.getState().status === 'down') state.setState({ status: 'reconnecting', reason: null })
    },
  })

  async function nextLink(): Promise<Link> {
    if (link) return link
    if (state.getState().status === 'down') throw noAnswer()
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting = waiting.filter((one) => one !== entry)
        reject(noAnswer())
      }, waitForLinkMilliseconds)
      const entry: Waiting = {
        wake() {
          clearTimeout(timer)
          resolve()
        },
        giveUp() {
          clearTimeout(timer)
          reject(noAnswer())
        },
      }
      waiting.push(entry)
    })
    return nextLink()
  }

  const client = createORPCClient<StudioClient>({
    call: async (path, input, options) => (await nextLink()).call(path, input, options),
  })
  return {
    client,
    state,
    reconnect: () => transport.reconnect(),
    assetUrl: (assetId) => transport.assetUrl(assetId),
  }
}

function noAnswer(): Error {
  return new Error('The studio core does not answer')
}

export function connectStudio(bridge: DesktopBridge | undefined): Connection {
  return connect(bridge === undefined ? webTransport(window.location) : desktopTransport(bridge))
}
