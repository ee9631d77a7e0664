import { RPCHandler as FetchHandler } from '@orpc/server/fetch'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { assetResponse } from './asset-response'
import { openAiRoutes } from './openai-routes'
import { pageResponse } from './page-response'
import type { Studio } from './studio'
import { judgeRequest, tokenCookie, type GuardRequest } from './web-guard'

/** The largest message that is read: a picture to start from, with room to spare. */
const maxMessageBytes = 64 * 1024 * 1024

export interface WebHostOptions {
  readonly port: number
  /** Address to listen on; anything but loopback lets other machines in, with the token. */
  readonly address: string
  readonly token: string
  readonly pageFolder: string
}

export interface WebHost {
  /** Address with the token, to be opened once in a browser. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

function hostNames(address: string, port: number): Set<string> {
  const names = ['localhost', '127.0.0.1', '[::1]', address.includes(':') ? `[${address}]` : address]
  return new Set(names.map((name) => `${name}:${port}`.toLowerCase()))
}

function fromNode(request: IncomingMessage): GuardRequest {
  const { host = null, origin = null, cookie = null, authorization = null } = request.headers
  return { url: new URL(request.url ?? '/', 'http://studio'), host, origin, cookie, authorization }
}

/**
 * The studio over HTTP: the page, the assets, calls over a WebSocket at `/rpc` and over plain requests at `/api`,
 * and chat at `/v1` for programs that speak OpenAI's API.
 * @throws the listening error, such as EADDRINUSE
 */
export async function startWebHost(studio: Studio, options: WebHostOptions): Promise<WebHost> {
  const app = new Hono()
  let hosts = hostNames(options.address, options.port)
  const judge = (request: GuardRequest) => judgeRequest(request, { token: options.token, hosts })

  app.use(async (context, next) => {
    const header = (name: string): string | null => context.req.header(name) ?? null
    const url = new URL(context.req.url)
    const verdict = judge({
      url,
      host: header('host'),
      origin: header('origin'),
      cookie: header('cookie'),
      authorization: header('authorization'),
    })
    if (!verdict.allowed) return context.text(verdict.reason, verdict.status)
    if (url.searchParams.has('token')) {
      // The token goes into a cookie and out of the address, where it could be seen or shared.
      url.searchParams.delete('token')
      context.header('set-cookie', tokenCookie(options.token))
      return context.redirect(`${url.pathname}${url.search}`, 303)
    }
    await next()
    return undefined
  })

  const calls = new FetchHandler(studio.router)
  app.use('/api/*', async (context) => {
    const { matched, response } = await calls.handle(context.req.raw, { prefix: '/api', context: {} })
    return matched ? response : context.notFound()
  })
  app.route('/v1', openAiRoutes(studio))
  app.get('/assets/:id', (context) => assetResponse(context.req.raw, studio.folders.assets))
  app.get('*', (context) => pageResponse(context.req.raw, options.pageFolder))

  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes })
  const socketCalls = new SocketHandler(studio.router)
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const guard = fromNode(request)
    const verdict = judge(guard)
    if (!verdict.allowed || guard.url.pathname !== '/rpc') {
      socket.end(`HTTP/1.1 ${verdict.allowed ? 404 : verdict.status} Refused\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      void socketCalls.upgrade(webSocket, { context: {} })
    })
  }

  const server = await new Promise<Server>((resolve, reject) => {
    const listening = serve({ fetch: app.fetch, port: options.port, hostname: options.address }, () =>
      resolve(listening as Server),
    )
    listening.on('error', reject)
  })
  server.on('upgrade', upgrade)

  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  hosts = hostNames(options.address, port)
  const shown = options.address === '0.0.0.0' || options.address === '::' ? '127.0.0.1' : options.address
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}/?token=${options.token}`,
    port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
