import { RPCLink } from '@orpc/client/websocket'
import type { Transport } from './connect'

const firstWait = 500
const longestWait = 10_000

export function backoff(attempt: number): number {
  return Math.min(longestWait, firstWait * 2 ** attempt)
}

/** A socket to the web host that served the page. The host's cookie carries the token. */
export function webTransport(location: Location): Transport {
  let tryNow = (): void => {}
  return {
    assetUrl: (assetId) => `/assets/${assetId}`,
    reconnect: () => tryNow(),
    start(events) {
      let attempt = 0
      let timer: ReturnType<typeof setTimeout> | undefined
      let isOpen = false
      const token = takeToken(location)

      function open(): void {
        timer = undefined
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
          timer = setTimeout(open, backoff(attempt++))
        })
      }
      tryNow = () => {
        // Without a timer a try is under way, or the socket is open.
        if (timer === undefined) return
        clearTimeout(timer)
        open()
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
