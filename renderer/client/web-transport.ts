import { RPCLink } from '@orpc/client/websocket'
import type { Transport } from './connect'

const firstWait = 500
const longestWait = 10_000

export function backoff(attempt: number): number {
  return Math.min(longestWait, firstWait * 2 ** attempt)
}

/** A socket to the web host that served the page. The host's cookie carries the token. */
export function webTransport(location: Location): Transport {
  return {
    assetUrl: (assetId) => `/assets/${assetId}`,
    start(events) {
      let attempt = 0
      let isOpen = false
      const token = takeToken(location)

      function open(): void {
        const url = new URL('/rpc', location.href)
        url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
        if (token !== null) url.searchParams.set('token', token)
        const socket = new WebSocket(url)
        // Blobs are read one by one in the background, which could change the order of messages.
        socket.binaryType = 'arraybuffer'
        socket.addEventListener('open', () => {
          attempt = 0
          isOpen = true
          events.opened(new RPCLink({ websocket: socket }))
        })
        socket.addEventListener('close', () => {
          if (isOpen) events.lost()
          else events.failed()
          isOpen = false
          setTimeout(open, backoff(attempt++))
        })
      }
      open()
    },
  }
}

/** Takes the token out of the address, where it would end up in history and in screenshots. */
function takeToken(location: Location): string | null {
  const url = new URL(location.href)
  const token = url.searchParams.get('token')
  if (token !== null) {
    url.searchParams.delete('token')
    window.history.replaceState(window.history.state, '', url)
  }
  return token
}
